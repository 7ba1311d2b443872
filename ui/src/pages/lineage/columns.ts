import { useMemo } from "react";
import { useAsk } from "../../api/client";
import type { ColumnAt, ColumnsShown } from "./ColumnList";
import { between, type Shown } from "./graph";
import type { View } from "./view";

export interface ColumnsOpen {
  /** For each thing whose columns are open, what they are. */
  open: ReadonlyMap<string, ColumnsShown>;
  /** The column that is followed. */
  followed?: { of: string; column: ColumnAt };
  /** The model to which columns are followed. */
  model?: string;
  /** What lies on the way of the column that is followed; nothing where it does not reach it. */
  on?: ReadonlySet<string>;
}

/** The columns of the data that are open, and which hang together with the one that is followed. */
export function useColumns(view: View, shown: Shown | undefined): ColumnsOpen {
  const ids = view.columns.filter((id) => shown?.nodes.some((node) => node.id === id));
  const model = shown && modelOf(shown, view.at);
  const { data, isPending } = useAsk(
    "column-map",
    ids.length === 0
      ? null
      : {
          targets: ids.map((ref) => ({ ref })),
          model: model ? { ref: model } : null,
          as_of: view.asof || null,
        },
  );
  const said = ids.join(" ");
  return useMemo(() => {
    const told = new Map((data?.nodes ?? []).map((one) => [one.id, one.columns]));
    const [of = "", name = ""] = view.column.split("~");
    const column = told.get(of)?.find((one) => one.name === name);
    const open = new Map<string, ColumnsShown>();
    for (const id of said === "" ? [] : said.split(" ")) {
      const columns = told.get(id) ?? [];
      open.set(id, { columns, followed: followed(id, columns, of, column), loading: isPending });
    }
    const having = [...open].filter(([, one]) => one.followed.size > 0).map(([id]) => id);
    const reaches = column?.part && model && shown;
    return {
      open,
      model,
      followed: column && { of, column },
      on: reaches ? between(having, model, shown.links) : undefined,
    };
  }, [data, isPending, said, view.column, model, shown]);
}

/** The model in question: the chosen one, or the nearest to the thing in the middle. */
export function modelOf({ nodes }: Shown, chosen: string): string | undefined {
  const models = nodes.filter(({ sort }) => sort === "model");
  const near = [...models].sort((one, other) => Math.abs(one.depth) - Math.abs(other.depth));
  return (models.find(({ id }) => id === chosen) ?? near[0])?.id;
}

/** The names of the columns of a thing that are made of what the followed one is made of. */
export function followed(
  id: string,
  columns: ColumnAt[],
  of: string,
  column: ColumnAt | undefined,
): Set<string> {
  if (column === undefined) return new Set();
  const places = new Set(
    (column.origins ?? []).map((origin) => `${origin.source}~${origin.column}`),
  );
  const shares = (one: ColumnAt) =>
    (one.origins ?? []).some((origin) => places.has(`${origin.source}~${origin.column}`));
  const same = (one: ColumnAt) => id === of && one.name === column.name;
  return new Set(columns.filter((one) => same(one) || shares(one)).map(({ name }) => name));
}
