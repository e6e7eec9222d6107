locals {
  # CloudFront's managed policies; their identifiers are the same in every account (developer guide, "Use managed policies").
  cached      = "658327ea-f89d-4fab-a63d-7e88639e58f6" # CachingOptimized
  not_cached  = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" # CachingDisabled
  all_viewer  = "216adef6-5c7f-47e4-b989-5492eafa07d3" # AllViewer
  server_part = var.server == null ? [] : ["/api/*", "/endpoints", "/endpoints/*", "/invocations", "/openapi.json"]
}

resource "aws_cloudfront_origin_access_control" "files" {
  name                              = "${local.name}-page"
  description                       = "Only CloudFront reads the page's files"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# Addresses inside the page are no files: /runs/42 is index.html. (Error pages cannot do this: they would hide the API's 404s.)
resource "aws_cloudfront_function" "history" {
  name    = "${local.name}-page-history"
  comment = "Deep links lead to the page"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = <<-JS
    function handler(event) {
      var request = event.request;
      if (!request.uri.split("/").pop().includes(".")) request.uri = "/index.html";
      return request;
    }
  JS
}

resource "aws_cloudfront_response_headers_policy" "page" {
  name    = "${local.name}-page"
  comment = "Security headers of the page"

  security_headers_config {
    content_security_policy {
      content_security_policy = join("; ", [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'", # the design system sets sizes by style attributes
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ])
      override = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "same-origin"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      preload                    = true
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Permissions-Policy"
      value    = "camera=(), geolocation=(), microphone=()"
      override = true
    }
  }

  remove_headers_config {
    items {
      header = "Server"
    }
  }
}

resource "aws_cloudfront_distribution" "page" {
  # checkov:skip=CKV_AWS_86:Access logs go by CloudFront's newer delivery (aws_cloudwatch_log_delivery below): the older one needs a bucket with ACLs
  # checkov:skip=CKV_AWS_68:The page's files are public and its server asks for a token; WAF costs by the month and stands before the predictions (module api)
  # checkov:skip=CKV2_AWS_47:No web ACL here (CKV_AWS_68), hence no rule for Log4j either; nothing here is Java
  # checkov:skip=CKV_AWS_174:TLS 1.2 is the least with an own domain; AWS's default certificate has a fixed setting
  # checkov:skip=CKV2_AWS_42:An own certificate comes with an own domain (variable domain)
  # checkov:skip=CKV_AWS_310:The origin is S3 in one region; a second origin would double what has to be kept equal
  # checkov:skip=CKV_AWS_374:Who may use the page is decided by its token, not by the country
  comment             = "mlcl page of ${var.environment}"
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = "PriceClass_100"
  default_root_object = "index.html"
  aliases             = var.domain[*].name
  wait_for_deployment = true

  origin {
    origin_id                = "files"
    domain_name              = module.files.domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.files.id
  }

  dynamic "origin" {
    for_each = aws_cloudfront_vpc_origin.server

    content {
      origin_id   = "server"
      domain_name = aws_lb.server[0].dns_name

      vpc_origin_config {
        vpc_origin_id            = origin.value.id
        origin_read_timeout      = 60 # server-sent events say something at least every 15 seconds
        origin_keepalive_timeout = 60
      }
    }
  }

  default_cache_behavior {
    target_origin_id           = "files"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD", "OPTIONS"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.cached
    response_headers_policy_id = aws_cloudfront_response_headers_policy.page.id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.history.arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.server_part

    content {
      path_pattern               = ordered_cache_behavior.value
      target_origin_id           = "server"
      viewer_protocol_policy     = "https-only"
      allowed_methods            = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = false # a compressor would hold server-sent events back
      cache_policy_id            = local.not_cached
      origin_request_policy_id   = local.all_viewer
      response_headers_policy_id = aws_cloudfront_response_headers_policy.page.id
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.domain == null
    acm_certificate_arn            = try(var.domain.certificate_arn, null)
    ssl_support_method             = var.domain == null ? null : "sni-only"
    minimum_protocol_version       = var.domain == null ? "TLSv1" : "TLSv1.2_2021"
  }
}

resource "aws_cloudwatch_log_delivery_source" "page" {
  provider     = aws.us_east_1
  name         = "${local.name}-page"
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.page.arn
}

resource "aws_cloudwatch_log_delivery_destination" "page" {
  provider      = aws.us_east_1
  name          = "${local.name}-page"
  output_format = "json"

  delivery_destination_configuration {
    destination_resource_arn = "${module.logs.arn}/cloudfront"
  }
}

resource "aws_cloudwatch_log_delivery" "page" {
  provider                 = aws.us_east_1
  delivery_source_name     = aws_cloudwatch_log_delivery_source.page.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.page.arn
}
