import { useAsk } from "../../api/client";
import { Time } from "../../components/marks";
import { Answered, Page } from "../../components/Page";
import { Table } from "../../components/Table";

/** The list of runs, the last ones first. */
export default function Runs() {
  const query = useAsk("runs", { limit: 50 });
  return (
    <Page title="Runs">
      <Answered query={query} empty={({ runs }) => runs.length === 0 && "There is no run yet."}>
        {({ runs }) => (
          <Table
            label="Runs"
            rows={runs}
            rowKey={({ id }) => id}
            columns={[
              { label: "Run", cell: ({ name }) => name, by: ({ name }) => name },
              { label: "Kind", cell: ({ kind }) => kind, by: ({ kind }) => kind },
              { label: "Status", cell: ({ status }) => status, by: ({ status }) => status },
              {
                label: "Started",
                cell: ({ started }) => <Time at={started} />,
                by: ({ started }) => started,
              },
            ]}
          />
        )}
      </Answered>
    </Page>
  );
}
