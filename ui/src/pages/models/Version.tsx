import { Button, Group, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type Schemas, useAsk } from "../../api/client";
import { to, useParam } from "../../app/address";
import { Digest, Verdict } from "../../components/marks";
import { Answered, Empty, Page } from "../../components/Page";
import { Parts, type PartsOf } from "../../components/Parts";
import { About } from "./About";
import { Facts } from "./Facts";
import { Figures } from "./Figures";
import { Life } from "./Life";
import { MadeBy } from "./MadeBy";
import { Moves } from "./Moves";
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
      actions={view && <Actions name={name} version={version} target={target} />}
    >
      <Answered query={query}>
        {(shown) =>
          shown.thing === "artifact" ? (
            <Parts parts={PARTS} of={{ view: shown, name, version, target }} />
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
      <Moves name={name} target={target} />
      <Button component={Link} to={`${to.version(name, version)}/audit`} variant="default">
        Audit
      </Button>
      <Button component={Link} to="/lineage" search={{ target } as never} variant="default">
        Lineage
      </Button>
    </>
  );
}

type ShownVersion = OfVersion & { view: View };

const PARTS: PartsOf<ShownVersion> = {
  made: ["What made it", Made],
  figures: ["Figures and validation", Measured],
  policy: ["Policy", Allowed],
  use: ["Use", Used],
  life: ["Life", Life],
};

function Made({ view }: ShownVersion) {
  return (
    <Stack gap="md">
      <About card={view.card} />
      <Facts view={view} />
      <MadeBy view={view} />
    </Stack>
  );
}

function Measured({ view, target }: ShownVersion) {
  return (
    <Stack gap="md">
      <Validations target={target} />
      <Figures figures={view.metrics} kpis={view.kpis} />
    </Stack>
  );
}

function Allowed({ view, target }: ShownVersion) {
  return <Policy target={target} stage={view.life?.stage} overrides={view.life?.overrides} />;
}

function Used({ name, version, target }: ShownVersion) {
  return (
    <Stack gap="md">
      <Deployments name={name} version={version} />
      <Consumers target={target} />
    </Stack>
  );
}
