import { Link } from "wouter";
import { MeMenu } from "./MeMenu";
import css from "./People.module.css";

/** The bar above pages that belong to no canvas. */
export function PageHead({ title, back = false }: { title: string; back?: boolean }) {
  return (
    <header className={css.head}>
      <Link href="/" className={css.home} aria-label="All canvases">
        <img src="/favicon.svg" alt="" width={20} height={20} />
      </Link>
      <h1 className={css.title}>{title}</h1>
      <nav aria-label="Pages" className={css.pages}>
        <Link href="/" className={css.link} aria-current={back ? undefined : "page"}>
          Canvases
        </Link>
        <Link href="/people" className={css.link} aria-current={back ? "page" : undefined}>
          People
        </Link>
      </nav>
      <MeMenu />
    </header>
  );
}
