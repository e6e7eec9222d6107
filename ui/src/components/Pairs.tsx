import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";

const LEAST = 120; // px; two side by side on a phone

/** Facts, each under its name. */
export function Pairs({ columns = 1, items }: { columns?: number; items: KeyValuePairsProps["items"] }) {
  return <KeyValuePairs columns={columns} minColumnWidth={LEAST} items={items} />;
}
