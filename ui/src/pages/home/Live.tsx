import { useAsk } from "../../api/client";
import { to } from "../../app/address";
import { Go } from "../../components/Go";
import { Time, Verdict } from "../../components/marks";
import { Answered } from "../../components/Page";
import { figure } from "../../components/said";
import { Table } from "../../components/Table";

/** What is in use now, wherever it is. */
export function Live() {
  const query = useAsk("deployments", {});
  return (
    <Answered
      query={query}
      empty={({ deployments }) =>
        deployments.length === 0 && "Nothing is deployed; `forebear deploy` says what is."
      }
    >
      {({ deployments }) => (
        <Table
          label="In use"
          rows={deployments}
          rowKey={({ id }) => id}
          columns={[
            { label: "Where", cell: ({ env }) => env ?? "somewhere", by: ({ env }) => env },
            {
              label: "Version",
              cell: ({ name, version, title }) =>
                name && version ? (
                  <span className="nobreak">
                    <Go at={{ to: to.version(name, version) }}>{title}</Go>
                  </span>
                ) : (
                  title
                ),
              by: ({ title }) => title,
            },
            { label: "Share", cell: ({ share }) => `${figure(share * 100)} %`, number: true },
            {
              label: "State",
              cell: ({ status }) => (
                <Verdict tone={status === "lost" ? "bad" : "good"}>
                  {status === "running" ? "live" : status}
                </Verdict>
              ),
            },
            { label: "Since", cell: ({ since }) => <Time at={since} />, by: ({ since }) => since },
          ]}
        />
      )}
    </Answered>
  );
}
