import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Blocks } from "./Blocks";
import { blocks } from "./markdown";

const CARD = `# bank, version 2

Who buys?

## Metrics

- **met**: ROC AUC at least 0.7
- a\\_b \\| c &lt;b&gt;

| Metric | Test |
| --- | --- |
| a\\|b | 0.9 |
`;

test("the marks of a card become blocks, and what is escaped stays text", () => {
  const found = blocks(CARD);
  expect(found.map((block) => block.kind)).toEqual(["heading", "text", "heading", "list", "table"]);
  expect(found[3]).toMatchObject({ items: [[{ text: "met", bold: true }, { text: ": ROC AUC at least 0.7", bold: false }], [{ text: "a_b | c <b>" }]] });
  expect(found[4]).toMatchObject({ head: [[{ text: "Metric" }], [{ text: "Test" }]], rows: [[[{ text: "a|b" }], [{ text: "0.9" }]]] });
});

test("hostile texts cannot act", () => {
  const { container } = render(<Blocks blocks={blocks("# <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>")} />);
  expect(container.querySelector("script, img")).toBeNull();
  expect(screen.getByText("<img src=x onerror=alert(1)>")).toBeInTheDocument();
});
