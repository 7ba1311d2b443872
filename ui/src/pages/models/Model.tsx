import { Button, Group, SimpleGrid, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, useAsk } from "../../api/client";
import { to, useParam } from "../../app/address";
import { Answered, Page, Section } from "../../components/Page";
import { About } from "./About";
import { Life } from "./Life";
import { Alias } from "./marks";
import { Trend } from "./Trend";
import { Consumers, Deployments } from "./Uses";
import { VersionsTable } from "./VersionsTable";

/** A model: its versions beside each other, where it is in use, and its whole life. */
export default function Model() {
  const name = useParam("name");
  const shown = useAsk("show", { target: { ref: `model:${name}` } });
  const versions = useAsk("versions", { name });
  const view = shown.data?.thing === "name" ? shown.data : undefined;
  return (
    <Page
      title={name}
      crumbs={[{ label: "Models", to: "/models" }]}
      verdict={view?.card.description ?? versions.data?.verdict}
      marks={Object.entries(view?.aliases ?? {}).map(([alias, version]) => (
        <Alias key={alias} name={name} alias={alias} version={version} />
      ))}
      actions={
        <Button
          component={Link}
          to="/lineage"
          search={{ target: `model:${name}` } as never}
          variant="default"
        >
          Lineage
        </Button>
      }
    >
      {view && <About card={view.card} />}
      <Answered query={versions}>{(answer) => <Versions answer={answer} />}</Answered>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <Deployments name={name} />
        <Consumers target={`model:${name}`} />
      </SimpleGrid>
      <Section title="Life" note="moves of aliases, stages, approvals, validations, newest first">
        <Life name={name} />
      </Section>
    </Page>
  );
}

function Versions({ answer: { name, versions, next } }: { answer: Answer<"versions"> }) {
  const [chosen, setChosen] = useState<number[]>([]);
  const [left, right] = [...chosen].sort((a, b) => a - b);
  return (
    <Stack gap="md">
      <Section title="Versions" note={next === null ? undefined : `the newest ${versions.length}`}>
        <VersionsTable
          name={name}
          rows={versions}
          chosen={chosen}
          onChoose={(version) =>
            setChosen((before) =>
              before.includes(version)
                ? before.filter((one) => one !== version)
                : [...before, version].slice(-2),
            )
          }
        />
        <Group>
          <Button
            component={Link}
            to={`${to.model(name)}/compare`}
            search={{ left, right } as never}
            disabled={right === undefined}
            data-disabled={right === undefined || undefined}
            variant="default"
          >
            {right === undefined ? "Choose two to compare" : `Compare ${left} with ${right}`}
          </Button>
        </Group>
      </Section>
      <Trend rows={versions} />
    </Stack>
  );
}
