/** Where views meet: each is loaded when it is first shown, none knows another. */
import { lazy } from "react";
import { loads } from "./first";
import { lazily } from "./lazily";

export const Home = lazy(() => import("../people/Home").then((m) => ({ default: m.Home })));
export const SignIn = lazy(() => import("../people/SignIn").then((m) => ({ default: m.SignIn })));
export const Join = lazy(() => import("../people/Join").then((m) => ({ default: m.Join })));
export const People = lazy(() => import("../people/People").then((m) => ({ default: m.People })));
export const MeMenu = lazy(() => import("../people/MeMenu").then((m) => ({ default: m.MeMenu })));

export const GraphView = lazily(loads.graph, (m) => m.GraphView);
export const TraysView = lazily(loads.trays, (m) => m.TraysView);
export const CutView = lazy(() => import("../cut/CutView").then((m) => ({ default: m.CutView })));
export const BoardView = lazy(() => import("../board/BoardView").then((m) => ({ default: m.BoardView })));
export const ShotsView = lazy(() => import("../board/ShotsView").then((m) => ({ default: m.ShotsView })));
export const ReferencesView = lazy(() =>
  import("../board/ReferencesView").then((m) => ({ default: m.ReferencesView })),
);
export const MoneyView = lazy(() => import("../money/MoneyView").then((m) => ({ default: m.MoneyView })));

export const Inspector = lazily(loads.inspector, (m) => m.Inspector);
export const TrayStrip = lazily(loads.trayStrip, (m) => m.TrayStrip);
export const BudgetBar = lazy(() => import("../money/BudgetBar").then((m) => ({ default: m.BudgetBar })));
export const QueueDrawer = lazy(() => import("../money/QueueDrawer").then((m) => ({ default: m.QueueDrawer })));
export const HostsMenu = lazy(() => import("../cut/HostsMenu").then((m) => ({ default: m.HostsMenu })));

export const PlanDialog = lazy(() => import("../money/PlanDialog").then((m) => ({ default: m.PlanDialog })));
export const ModelsDialog = lazy(() => import("../inspector/ModelsDialog").then((m) => ({ default: m.ModelsDialog })));
export const FanDialog = lazy(() => import("../inspector/FanDialog").then((m) => ({ default: m.FanDialog })));
export const AgainDialog = lazy(() => import("../inspector/AgainDialog").then((m) => ({ default: m.AgainDialog })));
export const WhyDialog = lazy(() => import("../inspector/WhyDialog").then((m) => ({ default: m.WhyDialog })));
export const CommentsDialog = lazy(() =>
  import("../inspector/CommentsDialog").then((m) => ({ default: m.CommentsDialog })),
);
export const ProvenanceDialog = lazy(() =>
  import("../tray/ProvenanceDialog").then((m) => ({ default: m.ProvenanceDialog })),
);
export const UploadDialog = lazy(() => import("../board/UploadDialog").then((m) => ({ default: m.UploadDialog })));
export const AddDialog = lazy(() => import("../graph/AddDialog").then((m) => ({ default: m.AddDialog })));
export const TemplatesDialog = lazy(() =>
  import("../graph/TemplatesDialog").then((m) => ({ default: m.TemplatesDialog })),
);
