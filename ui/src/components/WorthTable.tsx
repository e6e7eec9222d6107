import type { Value } from "../client/schema";
import { money } from "../lib/numbers";
import "./worth.css";

/** Acting or not, on a case that is positive or is not: what each is worth. */
export function WorthTable({ value, positive }: { value: Value; positive: string }) {
  return (
    <table className="worth">
      <thead>
        <tr>
          <td />
          <th scope="col">It is {positive}</th>
          <th scope="col">It is not</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">Acted on</th>
          <Amount of={value.true_positive} unit={value.unit} />
          <Amount of={value.false_positive} unit={value.unit} />
        </tr>
        <tr>
          <th scope="row">Left alone</th>
          <Amount of={value.false_negative} unit={value.unit} />
          <Amount of={value.true_negative} unit={value.unit} />
        </tr>
      </tbody>
    </table>
  );
}

function Amount({ of, unit }: { of: number; unit: string }) {
  return <td data-tone={of > 0 ? "good" : of < 0 ? "bad" : undefined}>{money(of, unit)}</td>;
}
