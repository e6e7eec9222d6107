import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { DataTable } from "../../../charts/DataTable";
import type { Block, Span } from "./markdown";

/** A text in Markdown, as components: nothing in it can act. */
export function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return (
    <SpaceBetween size="s">
      {blocks.map((block, place) => (
        <One key={place} block={block} above={headingAbove(blocks, place)} />
      ))}
    </SpaceBetween>
  );
}

/** The words of the last heading before a block. */
function headingAbove(blocks: readonly Block[], place: number): string {
  const heading = blocks.slice(0, place).findLast((block) => block.kind === "heading");
  return heading ? heading.spans.map((span) => span.text).join("") : "Table";
}

function One({ block, above }: { block: Block; above: string }) {
  switch (block.kind) {
    case "heading":
      return <Heading level={block.level} spans={block.spans} />;
    case "list":
      return (
        <Box>
          <ul>
            {block.items.map((item, place) => (
              <li key={place}>
                <Words spans={item} />
              </li>
            ))}
          </ul>
        </Box>
      );
    case "table":
      return (
        <DataTable
          caption={above}
          captioned
          head={block.head.map((cell, place) => (
            <Words key={place} spans={cell} />
          ))}
          rows={block.rows.map((row) => row.map((cell, place) => <Words key={place} spans={cell} />))}
        />
      );
    case "text":
      return (
        <Box variant="p">
          <Words spans={block.spans} />
        </Box>
      );
  }
}

/** One level below the page's own. */
function Heading({ level, spans }: { level: number; spans: readonly Span[] }) {
  return (
    <Box variant={level === 1 ? "h2" : "h3"}>
      <Words spans={spans} />
    </Box>
  );
}

function Words({ spans }: { spans: readonly Span[] }) {
  return spans.map((span, place) => (span.bold ? <strong key={place}>{span.text}</strong> : <span key={place}>{span.text}</span>));
}
