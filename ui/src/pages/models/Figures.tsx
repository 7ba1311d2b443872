import type { Schemas } from "../../api/client";
import { Evidence, Time } from "../../components/marks";
import { Empty, Section } from "../../components/Page";
import { figure } from "../../components/said";
import { Table } from "../../components/Table";

interface FiguresProps {
  figures: Schemas["Figure"][];
  kpis?: Schemas["KpiEntry"][];
}

/** What was measured of a version, and what it is worth. */
export function Figures({ figures, kpis = [] }: FiguresProps) {
  return (
    <>
      <Section title="Figures">
        {figures.length === 0 ? (
          <Empty>Nothing was measured of it.</Empty>
        ) : (
          <Table
            label="Figures"
            rows={figures}
            rowKey={(_, index) => String(index)}
            columns={[
              { label: "Figure", cell: ({ key }) => key, by: ({ key }) => key },
              {
                label: "Value",
                cell: ({ value }) => (typeof value === "number" ? figure(value) : value),
                by: ({ value }) => value,
                number: true,
              },
              { label: "Part", cell: ({ split }) => split ?? "", by: ({ split }) => split },
              { label: "On", cell: ({ data_name }) => data_name ?? "", by: (row) => row.data_name },
              { label: "Evidence", cell: ({ evidence }) => <Evidence grade={evidence} /> },
              { label: "When", cell: ({ at }) => <Time at={at} />, by: ({ at }) => at },
            ]}
          />
        )}
      </Section>
      {kpis.length > 0 && (
        <Section title="What it is worth">
          <Table
            label="Business figures"
            rows={kpis}
            rowKey={({ seq, key }) => `${seq} ${key}`}
            columns={[
              { label: "Figure", cell: ({ key }) => key },
              {
                label: "Value",
                cell: ({ value, unit }) => `${figure(value)} ${unit ?? ""}`,
                number: true,
              },
              { label: "From", cell: ({ since }) => since?.slice(0, 10) ?? "" },
              { label: "To", cell: ({ until }) => until?.slice(0, 10) ?? "" },
              { label: "Source", cell: ({ source }) => source ?? "" },
              { label: "By", cell: ({ by }) => by ?? "" },
            ]}
          />
        </Section>
      )}
    </>
  );
}
