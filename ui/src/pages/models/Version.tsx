import { Button, Group, Stack, Tabs } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type Schemas, useAsk } from "../../api/client";
import { to, useParam, useView } from "../../app/address";
import { Digest, Verdict } from "../../components/marks";
import { Answered, Empty, Page } from "../../components/Page";
import { About } from "./About";
import { Demote, Retire, RollBack } from "./deeds";
import { Facts } from "./Facts";
import { Figures } from "./Figures";
import { Life } from "./Life";
import { MadeBy } from "./MadeBy";
import { Alias, Stage } from "./marks";
import { Policy } from "./Policy";
import { Consumers, Deployments } from "./Uses";
import { Validations } from "./Validations";

type View = Schemas["ArtifactView"];

/** A version of a model: what made it, how good it is, whether it may be used, and where it is. */
export default function Version() {
  const [name, version] = [useParam("name"), Number(useParam("version"))];
  const target = `model:${name}:${version}`;
  const query = useAsk("show", { target: { ref: target } });
  const recalled = useAsk("recalled", { target: { ref: target } });
  const view = query.data?.thing === "artifact" ? query.data : undefined;
  return (
    <Page
      title={`${name}:${version}`}
      crumbs={[
        { label: "Models", to: "/models" },
        { label: name, to: to.model(name) },
      ]}
      verdict={recalled.data && recalled.data.recalls.length > 0 && recalled.data.verdict}
      marks={view && <Marks view={view} name={name} version={version} recalled={recalled.data} />}
      actions={<Actions name={name} version={version} target={target} />}
    >
      <Answered query={query}>
        {(shown) =>
          shown.thing === "artifact" ? (
            <Parts view={shown} name={name} version={version} target={target} />
          ) : (
            <Empty>{target} is no version of a model.</Empty>
          )
        }
      </Answered>
    </Page>
  );
}

interface MarksProps {
  view: View;
  name: string;
  version: number;
  recalled: Schemas["RecalledResponse"] | undefined;
}

function Marks({ view, name, version, recalled }: MarksProps) {
  const mine = view.versions.find((row) => row.name === name && row.version === version);
  return (
    <Group gap={6}>
      <Stage stage={view.life?.stage} />
      {mine?.aliases?.map((alias) => (
        <Alias key={alias} name={name} alias={alias} />
      ))}
      {recalled !== undefined && recalled.recalls.length > 0 && (
        <Verdict tone="bad">recalled</Verdict>
      )}
      {view.life?.overrides?.some(({ active }) => active) && (
        <Verdict tone="warn">override</Verdict>
      )}
      {view.node.digest && <Digest of={view.node.digest} />}
    </Group>
  );
}

interface OfVersion {
  name: string;
  version: number;
  target: string;
}

function Actions({ name, version, target }: OfVersion) {
  return (
    <>
      <Demote target={target} />
      <RollBack name={name} />
      <Retire target={target} />
      <Button component={Link} to={`${to.version(name, version)}/audit`} variant="default">
        Audit
      </Button>
      <Button component={Link} to="/lineage" search={{ target } as never} variant="default">
        Lineage
      </Button>
    </>
  );
}

function Parts({ view, name, version, target }: OfVersion & { view: View }) {
  const [{ tab }, change] = useView({ tab: "made" });
  return (
    <Tabs
      value={String(tab)}
      onChange={(value) => change({ tab: value ?? "made" })}
      keepMounted={false}
    >
      <Tabs.List mb="md">
        <Tabs.Tab value="made">What made it</Tabs.Tab>
        <Tabs.Tab value="figures">Figures and validation</Tabs.Tab>
        <Tabs.Tab value="policy">Policy</Tabs.Tab>
        <Tabs.Tab value="use">Use</Tabs.Tab>
        <Tabs.Tab value="life">Life</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="made">
        <Stack gap="md">
          <About card={view.card} />
          <Facts view={view} />
          <MadeBy view={view} />
        </Stack>
      </Tabs.Panel>
      <Tabs.Panel value="figures">
        <Stack gap="md">
          <Validations target={target} />
          <Figures figures={view.metrics} kpis={view.kpis} />
        </Stack>
      </Tabs.Panel>
      <Tabs.Panel value="policy">
        <Policy target={target} stage={view.life?.stage} overrides={view.life?.overrides} />
      </Tabs.Panel>
      <Tabs.Panel value="use">
        <Stack gap="md">
          <Deployments name={name} version={version} />
          <Consumers target={target} />
        </Stack>
      </Tabs.Panel>
      <Tabs.Panel value="life">
        <Life name={name} version={version} />
      </Tabs.Panel>
    </Tabs>
  );
}
