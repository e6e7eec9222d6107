/** Finding one's way in the JSON Schema of the problem file. */

export interface Node {
  type?: string;
  $ref?: string;
  anyOf?: Node[];
  properties?: Record<string, Node>;
  additionalProperties?: boolean | Node;
  items?: Node;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  description?: string;
  $defs?: Record<string, Node>;
}

/** What a node means: references followed, "or null" left out. */
export function resolve(root: Node, node: Node): Node {
  if (node.$ref) {
    const target = root.$defs?.[node.$ref.replace("#/$defs/", "")] ?? {};
    return { ...resolve(root, target), description: node.description ?? target.description };
  }
  const forms = (node.anyOf ?? []).filter(({ type }) => type !== "null");
  const only = forms.length === 1 ? forms[0] : undefined;
  return only ? { ...resolve(root, only), description: node.description, default: node.default } : node;
}

/** The node of a path such as ["data", "expect", "age", "min"]; undefined: nothing may stand there. */
export function find(root: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = resolve(root, root);
  for (const key of path) {
    if (node.type === "array" && node.items) node = resolve(root, node.items);
    const next: Node | undefined = node.properties?.[key] ?? more(node);
    if (!next) return undefined;
    node = resolve(root, next);
  }
  return node.type === "array" && node.items && isTable(resolve(root, node.items)) ? resolve(root, node.items) : node;
}

function more({ additionalProperties }: Node): Node | undefined {
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

function isTable(node: Node): boolean {
  return node.type === "object" || node.properties !== undefined;
}

export interface Table {
  /** As in the file: [value] or [[goal]]. */
  header: string;
  description: string;
}

/** Every table that a problem file may have; COLUMN stands for a name of the reader's own. */
export function tables(root: Node, node: Node = root, path: readonly string[] = []): Table[] {
  return Object.entries(resolve(root, node).properties ?? {}).flatMap(([key, value]) => {
    const part = resolve(root, value);
    const here = [...path, key];
    if (part.type === "array") {
      const rows = part.items && isTable(resolve(root, part.items));
      return rows ? [{ header: `[[${here.join(".")}]]`, description: value.description ?? part.description ?? "" }] : [];
    }
    if (!isTable(part)) return [];
    const own = more(part);
    const named = own && isTable(resolve(root, own)) ? [{ header: `[${here.join(".")}.COLUMN]`, description: part.description ?? "" }] : [];
    const table = { header: `[${here.join(".")}]`, description: value.description ?? part.description ?? "" };
    return [...(named.length ? named : [table]), ...tables(root, part, here)];
  });
}

/** The values that a node allows, as far as they can be listed. */
export function choices(root: Node, node: Node): unknown[] {
  const inside = node.type === "array" && node.items ? resolve(root, node.items) : node;
  const forms = [inside, ...(inside.anyOf ?? [])];
  const listed = forms.flatMap((form) => [...(form.enum ?? []), ...(form.const === undefined ? [] : [form.const])]);
  const switches = forms.some(({ type }) => type === "boolean") ? [true, false] : [];
  return [...listed, ...switches];
}
