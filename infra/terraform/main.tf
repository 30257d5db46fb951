# The mall on Tencent SCF. What each function is stands in functions.json, which
# `python -m infra.package manifests` draws from the decorators; the zips come from `make package`.

locals {
  repository = "${path.module}/../.."
  declared   = jsondecode(file("${path.module}/functions.json"))
  functions  = local.declared.functions
  layers     = local.declared.layers
  groups     = toset([for function in local.functions : function.group])
  addressed  = { for name, function in local.functions : name => function if length(function.paths) > 0 }
  timers = merge([for name, function in local.functions : {
    for trigger, cron in function.timers : trigger => { function = name, cron = cron }
  }]...)

  environment = merge(var.settings, {
    MALL_PLATFORM  = "scf"
    MALL_NAMESPACE = var.namespace
    MALL_SECRETS   = var.secrets
    MALL_REGION    = var.region
    TZ             = "Asia/Shanghai"

    MALL_WEB_ORIGINS = local.web_origins
  })
}

resource "tencentcloud_scf_namespace" "group" {
  for_each    = local.groups
  namespace   = "${var.namespace}-${each.key}"
  description = "The mall's functions of ${each.key}"
}

# The provider compares paths, not contents: what these remember makes a layer, and the functions that stand
# on it, anew when a zip has changed.
resource "terraform_data" "layer" {
  for_each = local.layers
  input    = filesha256("${local.repository}/${each.value}")
}

resource "terraform_data" "function" {
  for_each = local.functions
  input = {
    zip    = filesha256("${local.repository}/${each.value.zip}")
    layers = [for layer in each.value.layers : terraform_data.layer[layer].output]
  }
}

resource "tencentcloud_scf_layer" "layer" {
  for_each            = local.layers
  layer_name          = "${var.namespace}-${each.key}"
  compatible_runtimes = [local.declared.runtime]
  content {
    zip_file = "${local.repository}/${each.value}"
  }

  lifecycle {
    create_before_destroy = true # the old version serves until the functions have the new one
    replace_triggered_by  = [terraform_data.layer[each.key]]
  }
}

resource "tencentcloud_scf_function" "function" {
  for_each          = local.functions
  name              = each.key
  namespace         = tencentcloud_scf_namespace.group[each.value.group].namespace
  description       = each.value.description
  runtime           = local.declared.runtime
  handler           = local.declared.handler
  zip_file          = "${local.repository}/${each.value.zip}"
  mem_size          = each.value.memory_mb
  timeout           = each.value.timeout_s
  role              = var.role
  vpc_id            = var.vpc_id
  subnet_id         = var.subnet_id
  enable_public_net = true # WeChat and WeChat Pay are on the public net
  environment       = local.environment

  dynamic "layers" {
    for_each = each.value.layers
    content {
      layer_name    = tencentcloud_scf_layer.layer[layers.value].layer_name
      layer_version = tencentcloud_scf_layer.layer[layers.value].layer_version
    }
  }

  # Only what a client or WeChat calls has an address, only a timer a schedule, and a listener neither.
  dynamic "triggers" {
    for_each = length(each.value.paths) > 0 ? ["url"] : []
    content {
      name = triggers.value
      type = "http"
      trigger_desc = jsonencode({
        AuthType  = "NONE"
        NetConfig = { EnableIntranet = false, EnableExtranet = true }
      })
    }
  }

  dynamic "triggers" {
    for_each = each.value.timers
    content {
      name         = triggers.key
      type         = "timer"
      trigger_desc = triggers.value
    }
  }

  lifecycle {
    replace_triggered_by = [terraform_data.function[each.key]]
  }
}

# A trigger inside the function cannot carry the secret; this gives it to the timer that was made with the function.
resource "tencentcloud_scf_trigger_config" "timer" {
  for_each        = local.timers
  function_name   = tencentcloud_scf_function.function[each.value.function].name
  namespace       = tencentcloud_scf_function.function[each.value.function].namespace
  trigger_name    = each.key
  type            = "timer"
  trigger_desc    = each.value.cron
  qualifier       = "$DEFAULT"
  enable          = "OPEN"
  custom_argument = var.trigger_secret

  lifecycle {
    replace_triggered_by = [tencentcloud_scf_function.function[each.value.function]]
  }
}

resource "tencentcloud_scf_custom_domain" "shop" {
  count    = var.domain == "" ? 0 : 1
  domain   = var.domain
  protocol = "HTTPS"

  cert_config {
    certificate_id = var.certificate_id
  }

  dynamic "endpoints_config" {
    for_each = merge([for name, function in local.addressed : { for path in function.paths : path => name }]...)
    content {
      namespace     = tencentcloud_scf_function.function[endpoints_config.value].namespace
      function_name = endpoints_config.value
      qualifier     = "$DEFAULT"
      path_match    = endpoints_config.key
    }
  }
}
