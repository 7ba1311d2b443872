import { useAsk } from "../../api/client";
import { to } from "../../app/address";
import { Go } from "../../components/Go";
import { Time } from "../../components/marks";
import { Answered } from "../../components/Page";
import { Table } from "../../components/Table";

/** All that happened to a model, or to one version of it, newest first. */
export function Life({ name, version }: { name: string; version?: number }) {
  const query = useAsk("timeline", { name, version: version ?? null, limit: 100 });
  return (
    <Answered
      query={query}
      empty={({ happened }) => happened.length === 0 && "Nothing has happened yet."}
    >
      {({ happened }) => (
        <Table
          label="Life"
          rows={happened}
          rowKey={({ seq, what, version: of }) => `${seq} ${what} ${of}`}
          columns={[
            { label: "When", cell: ({ at }) => <Time at={at} /> },
            { label: "What", cell: ({ what }) => what },
            {
              label: "Version",
              cell: ({ version: of }) =>
                of ? <Go at={{ to: to.version(name, of) }}>{`${name}:${of}`}</Go> : name,
            },
            { label: "How", width: 420, cell: ({ words }) => words },
            { label: "By", cell: ({ by }) => by ?? "" },
            { label: "Why", width: 180, cell: ({ why }) => why ?? "" },
          ]}
        />
      )}
    </Answered>
  );
}
