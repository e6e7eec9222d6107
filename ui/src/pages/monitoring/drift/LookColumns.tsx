import type { LookBrief } from "../../../client/schema";
import { api } from "../../../client/api";
import { Asked } from "../../../components/Asked";
import { ColumnTable } from "./ColumnTable";
import { ranked } from "./ranked";

interface Props {
  name: string;
  look: LookBrief;
  column: string | null;
  onColumn: (column: string) => void;
}

/** The columns of one look. */
export function LookColumns({ name, look, column, onColumn }: Props) {
  const found = api.useQuery("get", "/api/v1/endpoints/{name}/looks/{look}", { params: { path: { name, look: look.id } } });
  return <Asked of={found}>{(whole) => <ColumnTable look={whole} columns={ranked(whole)} column={column} onColumn={onColumn} />}</Asked>;
}
