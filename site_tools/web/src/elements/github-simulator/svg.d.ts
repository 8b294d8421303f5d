/** The build turns an octicon into its path. */
declare module '*.svg' {
  const path: string;
  export default path;
}
