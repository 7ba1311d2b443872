import { Stack, Text } from "@mantine/core";
import { useAsk } from "../../api/client";
import { Answered } from "../../components/Page";
import { Table } from "../../components/Table";

/** How the environments of two runs differ. */
export function EnvironmentDiff({ left, right }: { left: string; right: string }) {
  const query = useAsk("environment-diff", { left: { ref: left }, right: { ref: right } });
  return (
    <Answered query={query}>
      {({ verdict, differences }) => (
        <Stack gap="md">
          <Text fw={500}>{verdict}</Text>
          {differences.length > 0 && (
            <Table
              label="What differs"
              rows={differences}
              rowKey={({ what, name }) => `${what} ${name}`}
              columns={[
                {
                  label: "What",
                  cell: ({ what }) => (what === "package" ? "package" : "machine"),
                  by: ({ what }) => what,
                },
                { label: "Name", cell: ({ name }) => <b>{name}</b>, by: ({ name }) => name },
                {
                  label: "Before",
                  cell: ({ left }) => <span className="mono wrap">{left ?? "–"}</span>,
                },
                {
                  label: "Now",
                  cell: ({ right }) => <span className="mono wrap">{right ?? "–"}</span>,
                },
              ]}
            />
          )}
        </Stack>
      )}
    </Answered>
  );
}
