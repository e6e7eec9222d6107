import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";

interface Props {
  label: string;
  q: string;
  onFind: (q: string) => void;
  count?: string;
}

/** Searches on the server, once the person has stopped typing. */
export function Find({ label, q, onFind, count = "" }: Props) {
  const [text, setText] = useState(q);
  return (
    <TextFilter
      filteringText={text}
      filteringPlaceholder={label}
      filteringAriaLabel={label}
      countText={count}
      onChange={({ detail }) => setText(detail.filteringText)}
      onDelayedChange={({ detail }) => onFind(detail.filteringText)}
    />
  );
}
