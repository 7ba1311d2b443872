import { Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { Facts } from "../../components/Facts";
import { Answered, Section } from "../../components/Page";
import { many } from "../../components/said";
import { Table } from "../../components/Table";
import { Against } from "./Against";
import { EnvironmentDiff } from "./EnvironmentDiff";
import type { ShownRun } from "./Run";

/** In what a run was executed, or what differs from another run's environment. */
export function RunEnvironment({ view }: ShownRun) {
  const [{ against }, change] = useView({ against: "" });
  const [words, setWords] = useState("");
  const target = `run:${view.run.id}`;
  const query = useAsk("environment", { target: { ref: target } });
  return (
    <Stack gap="lg">
      <Against view={view} value={against} onChoose={(run) => change({ against: run })} />
      {against ? (
        <EnvironmentDiff left={against} right={target} />
      ) : (
        <Answered query={query}>
          {({ verdict, facts = {}, packages = [] }) => (
            <Stack gap="lg">
              <Text>{verdict}</Text>
              <Facts of={Object.entries(facts)} />
              {packages.length > 0 && (
                <Section title="Packages" note={many(packages.length, "package")}>
                  <TextInput
                    maw={240}
                    aria-label="Package name contains"
                    placeholder="Package name contains …"
                    value={words}
                    onChange={({ currentTarget }) => setWords(currentTarget.value)}
                  />
                  <Table
                    label="Packages"
                    rows={packages.filter(({ name }) => name.includes(words.toLowerCase()))}
                    rowKey={({ name }) => name}
                    columns={[
                      { label: "Package", cell: ({ name }) => name, by: ({ name }) => name },
                      {
                        label: "Version",
                        cell: ({ version }) => <span className="mono">{version}</span>,
                      },
                    ]}
                  />
                </Section>
              )}
            </Stack>
          )}
        </Answered>
      )}
    </Stack>
  );
}
