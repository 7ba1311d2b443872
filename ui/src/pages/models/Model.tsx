import { Button, Group, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Schemas, useAsk } from "../../api/client";
import { usePages } from "../../api/pages";
import { to, useParam } from "../../app/address";
import { DescribeButton } from "../../components/Describe";
import { More } from "../../components/More";
import { Answered, Page, Section } from "../../components/Page";
import { About } from "./About";
import { Aliases } from "./Aliases";
import { Life } from "./Life";
import { Alias } from "./marks";
import { Trend } from "./Trend";
import { Consumers, Deployments } from "./Uses";
import { VersionsTable } from "./VersionsTable";

/** A model: its versions beside each other, where it is in use, and its whole life. */
export default function Model() {
  const name = useParam("name");
  const shown = useAsk("show", { target: { ref: `model:${name}` } });
  const versions = usePages("versions", { name }, ({ next }) => (next ? { before: next } : null));
  const view = shown.data?.thing === "name" ? shown.data : undefined;
  return (
    <Page
      title={name}
      crumbs={[{ label: "Models", to: "/models" }]}
      verdict={view?.card.description ?? versions.data?.pages[0]?.verdict}
      marks={Object.entries(view?.aliases ?? {}).map(([alias, version]) => (
        <Alias key={alias} name={name} alias={alias} version={version} />
      ))}
      actions={
        <>
          {view && <DescribeButton target={`model:${name}`} title={name} card={view.card} />}
          <Button
            component={Link}
            to="/lineage"
            search={{ target: `model:${name}` } as never}
            variant="default"
          >
            Lineage
          </Button>
        </>
      }
    >
      {view && <About card={view.card} />}
      <Answered query={versions}>
        {({ pages }) => (
          <Versions name={name} rows={pages.flatMap((page) => page.versions)} more={versions} />
        )}
      </Answered>
      {view && (
        <Aliases
          name={name}
          aliases={view.aliases}
          versions={view.versions.map(({ version }) => version)}
        />
      )}
      {versions.data && <Afterwards name={name} />}
    </Page>
  );
}

/** What became of it: where it is in use, and its whole life. */
function Afterwards({ name }: { name: string }) {
  return (
    <>
      <Deployments name={name} />
      <Consumers target={`model:${name}`} />
      <Section title="Life" note="moves of aliases, stages, approvals, validations, newest first">
        <Life name={name} />
      </Section>
    </>
  );
}

interface VersionsProps {
  name: string;
  rows: Schemas["VersionEntry"][];
  more: Parameters<typeof More>[0]["query"];
}

function Versions({ name, rows, more }: VersionsProps) {
  const [chosen, setChosen] = useState<number[]>([]);
  const [left, right] = [...chosen].sort((a, b) => a - b);
  return (
    <Stack gap="md">
      <Section title="Versions" note={more.hasNextPage && `the newest ${rows.length}`}>
        <VersionsTable
          name={name}
          rows={rows}
          partly={more.hasNextPage}
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
          <More query={more} label="Older versions" />
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
      <Trend rows={rows} />
    </Stack>
  );
}
