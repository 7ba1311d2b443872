import { useState } from "react";
import type { Schemas } from "../../api/client";
import type { Act, Near } from "./view";

export type ColumnAt = Schemas["ColumnAt"];

export interface ColumnsShown {
  columns: ColumnAt[];
  /** Columns that hang together with the one that is followed. */
  followed: ReadonlySet<string>;
  loading: boolean;
}

/** The columns of data, opened inside its node: what becomes of each, and one to be followed. */
export function ColumnList({
  node,
  shown,
  act,
}: {
  node: Near;
  shown: ColumnsShown;
  act: (act: Act) => void;
}) {
  const [words, setWords] = useState("");
  const found = shown.columns.filter(({ name }) =>
    name.toLowerCase().includes(words.toLowerCase()),
  );
  return (
    <div className="columns nodrag nowheel">
      <input
        className="columns-search"
        aria-label={`Find a column of ${node.title}`}
        placeholder={shown.loading ? "Loading …" : `${shown.columns.length} columns`}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => event.stopPropagation()}
      />
      <div className="columns-rows">
        {found.map((column) => (
          <button
            key={column.name}
            type="button"
            className={`column ${shown.followed.has(column.name) ? "is-followed" : ""} is-${column.part ?? "unused"}`}
            title={columnTitle(column)}
            onClick={() => act({ do: "follow", id: node.id, column: column.name })}
          >
            <span className="column-name">{column.name}</span>
            <span className="column-part">{column.part ?? column.type ?? ""}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

function columnTitle({ name, type, part, fate }: ColumnAt): string {
  return [`${name}${type ? ` (${type})` : ""}`, part && `reaches the model as ${part}`, fate]
    .filter(Boolean)
    .join(", ");
}
