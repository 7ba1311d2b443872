import { useAsk } from "../../api/client";
import { Answered, Page } from "../../components/Page";
import { many } from "../../components/said";
import { Table } from "../../components/Table";

/** The list of data sets. */
export default function DataList() {
  const query = useAsk("data", {});
  return (
    <Page
      title="Data"
      verdict={query.data && `${many(query.data.count, "data set")} in this store.`}
    >
      <Answered query={query} empty={({ count }) => count === 0 && "There is no data yet."}>
        {({ data }) => (
          <Table
            label="Data"
            rows={data}
            rowKey={(_, index) => String(index)}
            columns={[{ label: "Data", cell: ({ name }) => name, by: ({ name }) => name }]}
          />
        )}
      </Answered>
    </Page>
  );
}
