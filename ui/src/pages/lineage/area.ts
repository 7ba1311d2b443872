import { Workflow } from "lucide-react";
import type { Area } from "../../app/area";

export default {
  nav: { label: "Lineage", to: "/lineage", order: 4, icon: Workflow },
  pages: [{ path: "/lineage", load: () => import("./Lineage") }],
} satisfies Area;
