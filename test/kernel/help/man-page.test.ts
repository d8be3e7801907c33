import test from 'ava';
import { commandPage } from '../../../src/kernel/help/help-page.js';
import { manPage } from '../../../src/kernel/help/man-page.js';

test('a manual page has the usual parts', (t) => {
  const page = commandPage({
    name: 'volume rm',
    names: ['volume rm', 'volume remove'],
    metadata: {
      name: 'volume rm',
      summary: 'Remove one or more volumes',
      group: 'Commands',
      usage: '[OPTIONS] VOLUME...',
      args: { min: 1 },
      examples: [['docker volume rm -f site', "Remove it, even if it isn't there"]],
      effects: ['destroy'],
    },
    options: [
      { property: 'time', flags: '-t, --time', description: 'Wait', type: 'integer', shownDefault: '10' },
      { property: 'force', flags: '--force', description: 'Do not ask', type: 'boolean' },
    ],
  });
  t.is(
    manPage(page),
    `.TH "DOCKER\\-VOLUME\\-RM" 1 "" Gantry
.nh
.ad l
.SH NAME
docker\\-volume\\-rm \\- Remove one or more volumes
.SH SYNOPSIS
\\fBdocker volume rm\\fR [OPTIONS] VOLUME...
.SH DESCRIPTION
\\&Remove one or more volumes.
.PP
Its names: \\fBdocker volume rm\\fR, \\fBdocker volume remove\\fR.
.SH "OPTIONS"
.TP
\\fB\\-\\-force\\fR
\\&Do not ask
.TP
\\fB\\-t\\fR, \\fB\\-\\-time\\fR \\fIint\\fR
\\&Wait (default 10)
.TP
\\fB\\-\\-dry\\-run\\fR
\\&Say what it would change, and change nothing
.SH "EXAMPLES"
.TP
\\fBdocker volume rm \\-f site\\fR
\\&Remove it, even if it isn\\(aqt there
.SH "EXIT STATUS"
.TP
\\fB0\\fR
\\&Success
.TP
\\fB1\\fR
\\&The engine refused or failed
.TP
\\fB125\\fR
\\&The command line is wrong
.SH SEE ALSO
\\fBdocker\\fR(1),
\\fBdocker\\-volume\\fR(1)
`,
  );
});

test('no text becomes an instruction', (t) => {
  const hostile = ".so /etc/passwd\n'br \\*[x] \x1b[2J \\fB ü";
  const page = commandPage({
    name: 'x',
    names: ['x', hostile],
    metadata: {
      name: 'x',
      summary: hostile,
      group: 'Commands',
      usage: hostile,
      args: { min: 0 },
      examples: [[hostile, hostile]],
      effects: [],
      failureExitCode: 125,
    },
    options: [{ property: 'x', flags: '--x', description: hostile, type: 'string', value: '.de" x' }],
  });
  for (const line of manPage(page).split('\n')) {
    if (/^[.']/.test(line)) t.regex(line, /^\.(TH|nh|ad|SH|TP|PP)\b/);
    t.notRegex(line, /\\(?![-&]|f[BIR]|\((rs|dq|aq|ga|ha|ti)|\[u00FC\])/);
    t.notRegex(line, /[^\x20-\x7e]/);
  }
});
