// Globs that can be matched in time: each `*` in a name and each `**` multiplies what there is to try.

/** What a glob may hold, for people. */
export const TAME = 'a glob may hold three * in one name, three **, and no group in parentheses';

/** Whether matching a glob may take more time than anybody has. Parentheses begin groups, which can repeat each other. */
export const isTooWild = (glob: string): boolean => isTooStarry(glob) || glob.includes('(');

/** The same for patterns of .gitignore, which know no groups. */
export const isTooStarry = (glob: string): boolean => {
  const parts = glob.split('/');
  return (
    glob.length > 1_000 ||
    parts.filter(part => part.includes('**')).length > 3 ||
    parts.some(part => part.replace(/^\*\*$/, '').replaceAll(/[^*]/g, '').length > 3)
  );
};
