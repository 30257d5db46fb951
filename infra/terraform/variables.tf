variable "region" {
  type        = string
  default     = "ap-guangzhou"
  description = "Region of the functions, the database and the secrets."
}

variable "namespace" {
  type        = string
  default     = "mall"
  description = "Stands before the namespaces and the layers: mall-trade, mall-core."
}

variable "settings" {
  type        = map(string)
  description = "The shop's MALL_... variables (docs/settings.md), without secrets."
}

variable "secrets" {
  type        = string
  default     = "ssm:mall-"
  description = "Where the functions read their secrets by name: the prefix in Tencent's secret store."
}

variable "trigger_secret" {
  type        = string
  sensitive   = true
  description = "The value of the secret trigger_secret, which every timer sends along."
}

variable "role" {
  type        = string
  description = "The role the functions run under: it may read the secrets and invoke functions."
}

variable "vpc_id" {
  type        = string
  description = "The private network of the database."
}

variable "subnet_id" {
  type        = string
  description = "The subnet of the functions in it."
}

variable "domain" {
  type        = string
  default     = ""
  description = "The shop's own domain, which leads each path to its function; empty for none."
}

variable "certificate_id" {
  type        = string
  default     = ""
  description = "The certificate of the domain."
}

variable "pages" {
  type = object({
    bucket  = string
    names   = list(string)
    headers = map(string)
  })
  description = "From dist/scf/pages.tfvars.json (make pages PLATFORM=scf); null for none. Without a default, so that no deployment takes the pages away by forgetting the file."
}

variable "pages_certificate_id" {
  type        = string
  default     = ""
  description = "The certificate of the pages' names."
}

variable "pages_area" {
  type        = string
  default     = "mainland"
  description = "Where the CDN has them: mainland (the names need their ICP record), overseas or global."
}
