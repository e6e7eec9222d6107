import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Toggle from "@cloudscape-design/components/toggle";
import { useEffect, useRef, useState } from "react";
import { VARIABLES } from "../../../charts/colours";
import { ErrorPanel } from "../../../components/ErrorPanel";
import type { LogLine, Run } from "../documents";
import { useLog } from "./useLog";
import "./log.css";

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** What the run says, line by line, as it says it. */
export function Log({ run }: { run: Run }) {
  const { lines, error } = useLog(run.id, run.state);
  const [follow, setFollow] = useState(true);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = element.current;
    if (follow && box) box.scrollTop = box.scrollHeight;
  }, [lines, follow]);
  const toggle = (
    <Toggle checked={follow} onChange={({ detail }) => setFollow(detail.checked)}>
      Follow
    </Toggle>
  );
  return (
    <Container
      header={
        <Header variant="h2" actions={run.state === "running" && toggle}>
          Log
        </Header>
      }
    >
      {error !== null && <ErrorPanel error={error} />}
      {/* Long logs scroll by themselves, so the keyboard has to get there. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="log" ref={element} role="log" aria-label="Log of the run" tabIndex={0} style={VARIABLES}>
        {lines.map((line) => (
          <Line key={line.number} line={line} />
        ))}
        {lines.length === 0 && <Box color="text-body-secondary">Nothing was said yet.</Box>}
      </div>
    </Container>
  );
}

function Line({ line }: { line: LogLine }) {
  return (
    <div className={`log-line ${line.level}`}>
      <time dateTime={line.at}>{CLOCK.format(new Date(line.at))}</time> {line.level !== "info" && <strong>{line.level}: </strong>}
      {line.text}
    </div>
  );
}
