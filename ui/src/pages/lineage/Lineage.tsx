import { TextInput } from "@mantine/core";
import { useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { Evidence } from "../../components/marks";
import { Answered, Empty, Page } from "../../components/Page";
import { Table } from "../../components/Table";

/** Where a thing came from, as a list of edges. */
export default function Lineage() {
  const [{ target }, change] = useView({ target: "" });
  const query = useAsk("trace", target ? { target: { ref: target } } : null);
  return (
    <Page title="Lineage" verdict={query.data?.verdict}>
      <TextInput
        label="Of what"
        placeholder="churn@champion, data:adult:3, run:…"
        defaultValue={target}
        onKeyDown={({ key, currentTarget }) =>
          key === "Enter" && change({ target: currentTarget.value })
        }
      />
      {target ? (
        <Answered query={query}>
          {({ edges, nodes }) => {
            const names = new Map(
              nodes.map((node) => [node.id, node.name ?? node.label ?? node.id]),
            );
            return (
              <Table
                label="Edges"
                rows={edges}
                rowKey={(_, index) => String(index)}
                columns={[
                  { label: "From", cell: (edge) => names.get(edge.from) },
                  { label: "Relation", cell: (edge) => edge.role ?? edge.relation ?? edge.type },
                  { label: "To", cell: (edge) => names.get(edge.to) },
                  { label: "Evidence", cell: (edge) => <Evidence grade={edge.evidence} /> },
                ]}
              />
            );
          }}
        </Answered>
      ) : (
        <Empty>Name a model, data or a run to see where it came from.</Empty>
      )}
    </Page>
  );
}
