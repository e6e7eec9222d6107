# The page's server: one small container that is always there, because its scheduler looks at endpoints by the clock and its
# answers stream for minutes. Why Fargate behind a load balancer, and what it costs: docs/decisions/0013-page-server.md.

locals {
  serve = var.server == null ? 0 : 1
  port  = 8080
}

data "aws_ec2_managed_prefix_list" "cloudfront" {
  count = local.serve
  name  = "com.amazonaws.global.cloudfront.origin-facing"
}

# CloudFront reaches into a VPC only when it has an internet gateway. No route leads to it.
resource "aws_internet_gateway" "cloudfront" {
  count  = try(var.server.internet_gateway, false) ? 1 : 0
  vpc_id = var.server.vpc_id

  tags = { Name = "${local.name}-cloudfront" }
}

resource "aws_security_group" "balancer" {
  count       = local.serve
  name        = "${local.name}-page-balancer"
  description = "Load balancer of the page's server"
  vpc_id      = var.server.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  # checkov:skip=CKV_AWS_260:The source is CloudFront's own address list, not the internet
  count             = local.serve
  security_group_id = aws_security_group.balancer[0].id
  description       = "CloudFront"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront[0].id
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  count                        = local.serve
  security_group_id            = aws_security_group.balancer[0].id
  description                  = "The server"
  referenced_security_group_id = aws_security_group.server[0].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_security_group" "server" {
  count       = local.serve
  name        = "${local.name}-page-server"
  description = "The page's server; what it may reach is said by the workload group"
  vpc_id      = var.server.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "server" {
  count                        = local.serve
  security_group_id            = aws_security_group.server[0].id
  description                  = "Its load balancer"
  referenced_security_group_id = aws_security_group.balancer[0].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_lb" "server" {
  # checkov:skip=CKV_AWS_150:It holds nothing; an environment must be destroyable in one go
  # checkov:skip=CKV2_AWS_28:Internal; CloudFront alone reaches it
  # checkov:skip=CKV2_AWS_20:There is no HTTPS listener to lead to: see the listener
  count                      = local.serve
  name                       = "${local.name}-page"
  load_balancer_type         = "application"
  internal                   = true
  subnets                    = var.server.subnet_ids
  security_groups            = [aws_security_group.balancer[0].id]
  drop_invalid_header_fields = true
  enable_deletion_protection = false
  idle_timeout               = 120

  access_logs {
    enabled = true
    bucket  = module.logs.name
    prefix  = "server"
  }
}

resource "aws_lb_target_group" "server" {
  # checkov:skip=CKV_AWS_378:Between balancer and task within one VPC's private subnets; TLS ends at CloudFront
  count                = local.serve
  name                 = "${local.name}-page"
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = local.port
  vpc_id               = var.server.vpc_id
  deregistration_delay = 30

  health_check {
    path     = "/ping"
    matcher  = "200"
    interval = 30
  }
}

resource "aws_lb_listener" "server" {
  # checkov:skip=CKV_AWS_2:CloudFront comes over its private link into the VPC; a certificate would need an own domain for an address nobody types
  # checkov:skip=CKV_AWS_103:No TLS on this listener, for the reason above
  count             = local.serve
  load_balancer_arn = aws_lb.server[0].arn
  protocol          = "HTTP"
  port              = 80

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.server[0].arn
  }
}

resource "aws_cloudfront_vpc_origin" "server" {
  count = local.serve

  vpc_origin_endpoint_config {
    name                   = "${local.name}-page"
    arn                    = aws_lb.server[0].arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = "http-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }

  depends_on = [aws_internet_gateway.cloudfront, aws_lb_listener.server]
}

resource "aws_ecs_cluster" "server" {
  count = local.serve
  name  = "${local.name}-page"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "server" {
  count                    = local.serve
  family                   = "${local.name}-page"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.server.cpu
  memory                   = var.server.memory
  task_role_arn            = var.server.task_role_arn
  execution_role_arn       = var.server.execution_role_arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([{
    name                   = "server"
    image                  = var.server.image
    essential              = true
    entryPoint             = ["mlcl"]
    command                = ["up", "--host", "0.0.0.0", "--port", tostring(local.port), "--store", var.server.store_uri]
    readonlyRootFilesystem = true
    portMappings           = [{ containerPort = local.port, hostPort = local.port, protocol = "tcp" }]
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    environment            = [{ name = "HOME", value = "/tmp" }]
    stopTimeout            = 60
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = var.server.log_group_name
        awslogs-region        = data.aws_region.current.name
        awslogs-stream-prefix = "server"
      }
    }
  }])
}

resource "aws_ecs_service" "server" {
  count                              = local.serve
  name                               = "${local.name}-page"
  cluster                            = aws_ecs_cluster.server[0].id
  task_definition                    = aws_ecs_task_definition.server[0].arn
  desired_count                      = var.server.tasks
  launch_type                        = "FARGATE"
  platform_version                   = "LATEST"
  health_check_grace_period_seconds  = 60
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  propagate_tags                     = "SERVICE"
  enable_ecs_managed_tags            = true

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.server.subnet_ids
    security_groups  = [var.server.workload_group_id, aws_security_group.server[0].id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.server[0].arn
    container_name   = "server"
    container_port   = local.port
  }

  depends_on = [aws_lb_listener.server]
}
