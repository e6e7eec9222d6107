import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import { Pairs } from "../../components/Pairs";
import { api } from "../../client/api";
import { money, plural } from "../../lib/numbers";
import { monitoringPage } from "../../lib/places";

/** How much is open at each endpoint. */
export function Counts() {
  const { data } = api.useQuery("get", "/api/v1/alert-counts");
  const open = (data ?? []).filter(({ firing, acknowledged }) => firing + acknowledged > 0);
  if (open.length === 0) return null;
  return (
    <Container>
      <Pairs
        columns={Math.min(4, open.length)}
        items={open.map(({ endpoint, firing, critical, acknowledged, money_at_risk: risk, unit }) => ({
          label: <Link href={`${monitoringPage(endpoint)}?tab=alerts`}>{endpoint}</Link> as unknown as string,
          value: [`${plural(firing, "alert")} firing`, critical && `${critical} critical`, acknowledged && `${acknowledged} acknowledged`, risk && `${money(risk, unit)} at risk`].filter(Boolean).join(", "),
        }))}
      />
    </Container>
  );
}
