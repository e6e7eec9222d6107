import type { PageProblemCard as List, ProblemCard } from "../../client/schema";
import { count, plural } from "../../lib/numbers";
import "./overview.css";

/** How all problems stand, in four figures. */
export function Summary({ list }: { list: List }) {
  const sum = (of: (card: ProblemCard) => number) => list.items.reduce((total, card) => total + of(card), 0);
  const met = list.items.filter((card) => card.goals_met === "met").length;
  const critical = sum((card) => card.alerts.critical);
  const perMinute = sum((card) => card.endpoint?.requests_per_minute ?? 0);
  return (
    <ul className="summary" aria-label="All problems at a glance">
      <Figure value={count(list.total)} label={list.total === 1 ? "problem" : "problems"} />
      <Figure value={`${met} of ${list.items.length}`} label="meet their goals" tone={met === list.items.length ? "good" : undefined} />
      <Figure value={count(perMinute)} label={`predictions a minute, ${plural(sum((card) => (card.endpoint ? 1 : 0)), "endpoint")}`} />
      <Figure
        value={count(critical + sum((card) => card.alerts.warning))}
        label={critical > 0 ? `open alerts, ${critical} critical` : "open alerts"}
        tone={critical > 0 ? "bad" : undefined}
        href="/alerts"
      />
    </ul>
  );
}

function Figure({ value, label, tone, href }: { value: string; label: string; tone?: "good" | "bad"; href?: string }) {
  const words = (
    <>
      <span className="summary-value" data-tone={tone}>
        {value}
      </span>{" "}
      <span className="summary-label">{label}</span>
    </>
  );
  return <li>{href ? <a href={href}>{words}</a> : words}</li>;
}
