import { Database } from "lucide-react";
import type { Area } from "../../app/area";

export default {
  nav: { label: "Data", to: "/data", order: 2, icon: Database },
  pages: [{ path: "/data", load: () => import("./DataList") }],
} satisfies Area;
