# The way out, made only when asked for.

resource "aws_internet_gateway" "public" {
  count = local.nat_count > 0 ? 1 : 0

  vpc_id = aws_vpc.vpc[0].id

  tags = { Name = local.name }
}

# Small subnets at the end of the VPC's addresses, for the NAT gateways alone.
resource "aws_subnet" "public" {
  count = local.nat_count

  vpc_id            = aws_vpc.vpc[0].id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.vpc_cidr, 6, 60 + count.index)

  tags = { Name = "${local.name}-public-${local.zones[count.index]}" }
}

resource "aws_route_table" "public" {
  count = local.nat_count > 0 ? 1 : 0

  vpc_id = aws_vpc.vpc[0].id

  tags = { Name = "${local.name}-public" }
}

resource "aws_route" "public" {
  count = local.nat_count > 0 ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.public[0].id
}

resource "aws_route_table_association" "public" {
  count = local.nat_count

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_eip" "nat" {
  count = local.nat_count

  domain = "vpc"

  tags = { Name = "${local.name}-nat-${local.zones[count.index]}" }
}

resource "aws_nat_gateway" "nat" {
  count = local.nat_count

  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id

  tags = { Name = "${local.name}-${local.zones[count.index]}" }

  # A NAT gateway fails to start before its VPC has a way out.
  depends_on = [aws_route.public]
}

resource "aws_route" "nat" {
  count = local.nat_count > 0 ? var.zone_count : 0

  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.nat[min(count.index, local.nat_count - 1)].id
}
