/*
 * A table of routes of the size and shape of a large public API: few words in front, many parameters, long common
 * beginnings. The last one is the one that is asked for.
 */

const under = (prefix: string, rest: string): string[] => rest.split(' ').map((path) => `${prefix}/${path}`)

/** Paths with parameters in the form `:name`. */
export const githubRoutes: readonly string[] = [
  ...under('', 'events feeds notifications rate_limit emojis licenses licenses/:license'),
  ...under('/gists', 'public starred :gist :gist/:sha :gist/commits :gist/star :gist/forks :gist/comments/:id'),
  ...under('/orgs/:org', 'repos teams members members/:user public_members hooks hooks/:id events issues projects'),
  ...under('/teams/:team', 'members members/:user repos repos/:owner/:repo projects'),
  ...under('/users/:user', 'repos orgs gists keys followers following following/:other events starred received_events'),
  ...under('/search', 'repositories code issues users topics commits'),
  ...under('/repos/:owner/:repo', 'assignees branches branches/:branch branches/:branch/protection collaborators'),
  ...under('/repos/:owner/:repo', 'collaborators/:user comments comments/:id commits commits/:sha compare/:range'),
  ...under('/repos/:owner/:repo', 'contents/:path contributors deployments deployments/:id downloads events forks'),
  ...under('/repos/:owner/:repo/git', 'blobs/:sha commits/:sha refs refs/:ref tags/:sha trees/:sha'),
  ...under('/repos/:owner/:repo', 'hooks hooks/:id hooks/:id/tests issues issues/:number issues/:number/comments'),
  ...under('/repos/:owner/:repo', 'issues/:number/events issues/:number/labels keys keys/:id labels labels/:name'),
  ...under('/repos/:owner/:repo', 'languages milestones milestones/:number pulls pulls/:number pulls/:number/files'),
  ...under('/repos/:owner/:repo', 'readme releases releases/:id releases/:id/assets stargazers subscribers tags'),
  ...under('/user', 'emails followers following keys keys/:id orgs repos starred starred/:owner/:repo'),
  '/user/subscriptions/:owner/:repo',
]
