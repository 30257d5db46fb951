# The pages on COS behind Tencent's CDN. What they are sent with comes from `make pages PLATFORM=scf`.

locals {
  page_names    = var.pages == null ? [] : var.pages.names
  pages_website = var.pages == null ? "" : "${var.pages.bucket}.cos-website.${var.region}.myqcloud.com"

  # From where pages are served, from there they may call.
  web_origins = join(" ", compact(concat(
    split(" ", lookup(var.settings, "MALL_WEB_ORIGINS", "")),
    [for name in local.page_names : "https://${name}"],
  )))
}

resource "tencentcloud_cos_bucket" "pages" {
  count  = var.pages == null ? 0 : 1
  bucket = var.pages.bucket
  acl    = "public-read" # nothing is in it but what everybody is sent

  website {
    index_document = "index.html"
  }
}

resource "tencentcloud_cdn_domain" "pages" {
  for_each     = toset(local.page_names)
  domain       = each.value
  service_type = "web"
  area         = var.pages_area

  origin {
    origin_type          = "cos"
    origin_list          = [local.pages_website]
    server_name          = local.pages_website
    origin_pull_protocol = "https"
  }

  https_config {
    https_switch = "on"
    http2_switch = "on"

    server_certificate_config {
      certificate_id = var.pages_certificate_id
    }

    force_redirect {
      switch               = "on"
      redirect_type        = "https"
      redirect_status_code = 301
    }
  }

  cache_key {
    full_url_cache = "off"
  }

  # Kept as long as each file says, which was told to the bucket with it.
  rule_cache {
    rule_type            = "all"
    rule_paths           = ["*"]
    cache_time           = 0
    follow_origin_switch = "on"
  }

  compression {
    switch = "on"

    compression_rules {
      compress   = true
      algorithms = ["gzip", "brotli"]
      min_length = 256
      max_length = 2097152
      rule_type  = "file"
      rule_paths = ["html", "js", "css", "json", "svg", "txt", "ttf"]
    }
  }

  response_header {
    switch = "on"

    dynamic "header_rules" {
      for_each = var.pages.headers
      content {
        header_mode  = "set"
        header_name  = header_rules.key
        header_value = header_rules.value
        rule_type    = "all"
        rule_paths   = ["*"]
      }
    }
  }

  depends_on = [tencentcloud_cos_bucket.pages]
}

output "page_hosts" {
  value       = { for name, domain in tencentcloud_cdn_domain.pages : name => domain.cname }
  description = "Where each name of the pages must lead to (CNAME)."
}
