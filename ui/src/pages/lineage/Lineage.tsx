import "@xyflow/react/dist/style.css";
import "./lineage.css";
import { Page } from "../../components/Page";
import { Compare } from "./Compare";
import { Explorer } from "./Explorer";
import { Start } from "./Start";
import { useLineageView } from "./use";

/** The lineage explorer: where a thing comes from and what it reaches, as far as one wants to see. */
export default function Lineage() {
  const [view, act] = useLineageView();
  if (view.target === "") {
    return (
      <Page title="Lineage" verdict="Where a thing came from, and what it reaches.">
        <Start act={act} />
      </Page>
    );
  }
  if (view.with !== "") return <Compare view={view} act={act} />;
  return <Explorer view={view} act={act} />;
}
