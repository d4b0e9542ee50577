import type { Finding, ResourceRef, Severity } from '../findings/finding.ts';
import type { CodeText } from '../rules/rule.ts';

/** All that one run has to say. Every reporter is a pure function of this value; none of them sorts, merges or judges findings. */
export interface Report {
  /** Merged (`also`) and sorted. */
  findings: readonly Finding[];
  /** Every registered code, found or not. */
  codes: readonly CodeText[];
  targets: readonly ReportTarget[];
  /** The distinct rendered objects. Only the html format shows them. */
  objects: readonly ReportObject[];
  summary: Summary;
  /** What was seen beside the findings, for scripts: further keys of the json format alone. */
  seen?: Readonly<Record<string, unknown>>;
  tool: { version: string; kustomize?: string };
}

export interface ReportTarget {
  name: string;
  objects: number;
  /** True when nothing had to be rendered again. */
  cached: boolean;
  seconds: number;
}

export interface ReportObject {
  ref: ResourceRef;
  /** File that declares the object, relative to the repository root. */
  origin?: string;
  /** Names of the targets that render exactly this object. */
  targets: readonly string[];
  yaml: string;
}

export interface Summary {
  targets: number;
  objects: number;
  errors: number;
  warnings: number;
  seconds: number;
}

export interface ReportOptions {
  /** ANSI colours; only the pretty format has any. */
  color: boolean;
  /** Columns of the terminal. */
  width: number;
  /** Text of a file named in a finding; `undefined` where it cannot be read. */
  readSource(file: string): string | undefined;
  /** The severity that fails the run, and so a JUnit test case; `error` when absent. */
  failOn?: Severity;
}

/** Text of a report, ending in a line feed unless it is empty. */
export type Reporter = (report: Report, options: ReportOptions) => string;
