import { Play } from "lucide-react";
import type { Area } from "../../app/area";

export default {
  nav: { label: "Runs", to: "/runs", order: 3, icon: Play },
  pages: [
    { path: "/runs", load: () => import("./Runs") },
    { path: "/runs/compare", load: () => import("./Compare") },
    { path: "/runs/$id", load: () => import("./Run") },
  ],
} satisfies Area;
