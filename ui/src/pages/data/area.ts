import { Database } from "lucide-react";
import type { Area } from "../../app/area";

const one = () => import("./DataSet");

export default {
  nav: { label: "Data", to: "/data", order: 2, icon: Database },
  pages: [
    { path: "/data", load: () => import("./DataList") },
    { path: "/data/$name", load: one },
    { path: "/data/$name/$version", load: one },
  ],
} satisfies Area;
