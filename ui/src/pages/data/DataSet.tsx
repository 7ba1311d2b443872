import { Badge, Group, Select } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type Schemas, useAsk } from "../../api/client";
import { to, useParam } from "../../app/address";
import { DescribeButton } from "../../components/Describe";
import { Loading, Page, Trouble } from "../../components/Page";
import { Parts, type PartsOf } from "../../components/Parts";
import { many } from "../../components/said";
import { Drift } from "./Drift";
import { Overview } from "./Overview";
import { Profile } from "./Profile";
import { Quality } from "./Quality";
import { RecallButton, Recalled } from "./Recall";
import { Rows } from "./Rows";
import { Schema } from "./Schema";
import type { Shown } from "./shown";
import { Uses } from "./Uses";

const PARTS: PartsOf<Shown> = {
  overview: ["Overview", Overview],
  schema: ["Schema", Schema],
  profile: ["Profile", Profile],
  quality: ["Quality", Quality],
  drift: ["Drift", Drift],
  rows: ["Rows", Rows],
  uses: ["Uses", Uses],
};

/** A data set: one version of it, the newest unless another is asked for. */
export default function DataSet() {
  const name = useParam("name");
  const asked = Number(useParam("version")) || undefined;
  const query = useAsk("show", { target: { ref: `data:${name}` } });
  const of = query.data?.thing === "name" ? query.data : undefined;
  const version = asked ?? of?.versions[0]?.version;
  const newest = version !== undefined && version === of?.versions[0]?.version;
  const target = `data:${name}:${version}`;
  const older = useAsk("show", of && !newest ? { target: { ref: target } } : null);
  const one = newest ? of?.newest : older.data?.thing === "artifact" ? older.data : undefined;
  const trouble = query.error ?? older.error;
  return (
    <Page
      title={name}
      verdict={of && one && verdict(of, one)}
      crumbs={[{ label: "Data", to: "/data" }]}
      marks={of && version && <Marks of={of} version={version} newest={newest} />}
      actions={
        one &&
        of && (
          <>
            <DescribeButton target={`data:${name}`} title={name} card={of.card} />
            <RecallButton target={target} columns={one.schema.map((column) => column.name)} />
          </>
        )
      }
    >
      {trouble ? (
        <Trouble problem={trouble} again={() => void query.refetch()} />
      ) : of && one && version ? (
        <>
          <Recalled target={target} />
          <Parts parts={PARTS} of={{ name, version, of, one, newest, target }} />
        </>
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function verdict(of: Schemas["NameView"], one: Schemas["ArtifactView"]): string {
  const { rows, columns } = one.node;
  const size = rows ? `${many(rows, "row")}${columns ? ` in ${many(columns, "column")}` : ""}` : "";
  const description = of.card.description ?? one.card.description;
  return [description, size && `It has ${size}.`].filter(Boolean).join(" ");
}

interface MarksProps {
  of: Schemas["NameView"];
  version: number;
  newest: boolean;
}

function Marks({ of, version, newest }: MarksProps) {
  const navigate = useNavigate();
  const { versions, title } = of;
  const aliases = versions.find((one) => one.version === version)?.aliases ?? [];
  return (
    <Group gap={6}>
      <Select
        aria-label="Version"
        w={170}
        allowDeselect={false}
        searchable={versions.length > 12}
        data={versions.map((one) => ({
          value: String(one.version),
          label: `version ${one.version}${one.aliases?.length ? ` @${one.aliases[0]}` : ""}`,
        }))}
        value={String(version)}
        onChange={(value) =>
          void navigate({ to: to.dataVersion(title, Number(value)), search: true as never })
        }
      />
      {newest && (
        <Badge size="sm" variant="light" color="gray" tt="none">
          newest of {versions.length}
        </Badge>
      )}
      {aliases.map((alias) => (
        <Badge key={alias} size="sm" variant="light" tt="none">
          @{alias}
        </Badge>
      ))}
    </Group>
  );
}
