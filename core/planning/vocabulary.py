"""The words a request is judged by: verbs at the beginning of a clause, nouns anywhere in it."""

import re


def _verbs(words: str) -> re.Pattern[str]:
    """Matches at the beginning of a clause; `words` are alternatives, one or several a line."""
    return re.compile(rf"(?:{_alternatives(words)})(?![\w-])", re.IGNORECASE)


def _nouns(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{_alternatives(words)})(?![\w-])", re.IGNORECASE)


def _alternatives(words: str) -> str:
    return "|".join(part.strip() for line in words.strip().splitlines() for part in line.strip().split(" / "))


PREFIX = re.compile(
    r"\[?(?P<kind>bug|bugfix|fix|feat|feature|docs?|documentation|refactor|perf|chore|question|research|review)"
    r"(?:\([^)\n]{1,40}\))?!?(?:\]:?|:)\s",
    re.IGNORECASE,
)
"""`fix(parser): …`, `[Bug] …`: the person says the kind."""

REVIEW = _verbs(r"(?:code[ -])?review / audit / critique / (?:give|get) (?:me |us )?(?:some )?feedback on")
LOOK = _verbs(r"""
    check(?: over)? / look (?:at|over|through) / (?:have|take) a look (?:at|over) / inspect / read(?: through)?
    go (?:through|over)
""")
CHANGE_SET = _nouns(r"""
    prs? / pull[ -]requests? / merge[ -]requests? / mrs? / diffs? / patch(?:set)? / my changes / these changes
    branch / commits?
""")
ASKED = _verbs(r"how / why / what / what's / where")
"""Begin a question even when its question mark is missing."""
OPINION = _nouns(r"think / safe / ok / okay / good / merge / merged / right / ready / wrong with / feedback / opinion")
"""With a question about a change: it asks for a review."""
RESEARCH = _verbs(r"""
    investigate / research / explain / evaluate / compare / explore / analy[sz]e / assess / look into / find out
    figure out / summari[sz]e / estimate / describe / tell (?:me|us) / show (?:me|us) (?:how|where|why) / dig into
    determine / identify / list (?:all|the|every) / recommend / suggest / study / survey / measure / profile
    benchmark / check (?:whether|if|why|how) / spike / understand
    give (?:me|us) (?:an? )?(?:\w+ )?(?:overview|summary|list|report|idea|estimate|explanation)
    walk (?:me|us) through / help (?:me|us) understand / trace / (?:i )?wonder(?:ing)?
    find (?:all|every|any|where|how)
""")
FIX = _verbs(
    r"""
    fix(?:es|ing)? / repair / resolve / correct / debug / hotfix / solve / mend / troubleshoot / unbreak
    (?:stop|prevent|avoid|eliminate|get rid of)(?=[^\n]{0,80}\b(?:crash|leak|hang|deadlock|fail|error|exception))
    (?:stop|prevent|avoid|eliminate|get rid of)(?=[^\n]{0,80}\b(?:rac(?:e|ing)|los[es]|corrupt|duplicat|twice|double))
    patch / make (?:the |all |our )?[^\n]{0,30}\btests? (?:pass|green)(?: again)?
    (?:make sure|ensure)(?=[^\n]{0,80}\b(?:does not|doesn't|do not|don't|never|no longer|not)\b)
"""
)
DOCUMENT = _verbs(r"document")
REFACTOR = _verbs(r"""
    re-?factor / refactoring / restructure / re-?organi[sz]e / clean(?:[ -]?up)? / tidy(?: up)? / simplify / extract
    rename / split / decouple / de-?duplicate / inline / moderni[sz]e / move / consolidate / untangle / migrate
    port / convert / replace / rewrite / speed up / optimi[sz]e / unify / streamline / modulari[sz]e / rework
    reformat / format / overhaul / break up
    make [^\n]{1,60}\b(?:faster|simpler|cleaner|more readable|leaner|quicker)
    (?:remove|delete|drop)(?= (?:[\w-]+ ){0,3}(?:dead|unused|duplicated?|obsolete|unreachable|redundant|legacy)\b)
    (?:reduce|lower|cut)(?= [^\n]{0,40}\b(?:memory|latency|duplication|complexity|time|cpu|startup|coupling))
    (?:reduce|lower|cut)(?= [^\n]{0,40}\b(?:queries|size|number of|allocations|overhead|boilerplate|nesting|load))
    get rid of / eliminate / tidy (?:it |them |this |things )?up / clean (?:it|them|this|that|things) up
    break [^\n]{1,60} (?:into|apart) / use [^\n]{1,60} instead of / flatten / decompose / turn [^\n]{1,60} into
    switch (?:from|to|over) / decrease / shrink
""")
CHORE = _verbs(r"""
    bump / upgrade / downgrade / release / deploy / publish / tag / run / pin / cherry-pick / backport / merge
    rebase / install / configure / address / revert / roll back
    update (?:all |the |our )?(?:[\w-]+ )?(?:dependenc\w+|packages?|lock ?files?)
    update [\w./-]+ (?:from|to) v?\d[\w.]*
""")
BUILD = _verbs(r"""
    implement / build / support / allow / let / enable / introduce / integrate / expose / develop / handle / accept
    display / show / send / log / validate / export / import / sort / filter / cache / retry / notify / store
    track / hide / paginate / encrypt / hash / mask / schedule / connect / hook up / wire up / set up / return
    print / limit / require / use / design / prefix / wrap / disable / offer / turn
    create an? (?:new )?(?:endpoint|command|page|api|service|screen|button|job|table) / ship / make sure / ensure
    have an? (?:way|option|button|command|possibility|setting)
""")
WRITE = _verbs(r"""
    add / write / create / update / extend / improve / change / remove / delete / drop / include / expand / put
    mention / complete / provide / make / revise / refresh / clarify / translate / generate / adjust / set
    increase / finish / correct / proof-?read / polish / give / reword
""")
"""Done to documents as well as to software: what it is done to decides."""

DOCS = _nouns(r"""
    docs? / documentation / readmes?(?:\.\w{2,3})? / doc-?strings? / javadocs? / guides? / tutorials?
    changelog(?:\.md)? / manual / handbook / how-?to / wiki / code comments / api reference / runbooks? / faq
    contributing(?:\.md)? / adrs? / release notes / glossary / man pages? / quick ?start
    [\w/.-]{1,80}\.(?:md|rst|adoc) / (?:installation|install|setup|usage|build|deployment) instructions / jsdocs?
    tsdoc / doxygen
""")
DOCS_MACHINERY = re.compile(
    r"\s+(?:search|endpoints?|generators?|builds?|server|viewer|buttons?|parsers?|uploads?|pipeline|preview|models?|tables?|service"
    r"|store|types?|job|class(?:es)?|converter|editor|linter|importer|exporter|link)\b",
    re.IGNORECASE,
)
"""After a word for documents: then it is software."""
WRITTEN_INTO = re.compile(r"\b(?:in|into|to) (?:the |our |a |its )?$", re.IGNORECASE)
"""Before a word for documents: then it is where to write."""
TOLD = _verbs(r"explain / describe / summari[sz]e / list / mention / note")
DESCRIBED = re.compile(
    r"\b(?:described|specified|explained|documented|mentioned|shown|according to|per|see|following|follow|as)"
    r" (?:by |in |on )?(?:the |our )?$",
    re.IGNORECASE,
)
"""Before a word for documents: then it is only where to read."""
CODE_FAULT = _nouns(
    "bugs? / crash(?:es|ing)? / exceptions? / regressions? / leaks? / deadlocks? / races? / failing / 50[0-4]"
)
FAULT = _nouns(r"""
    bug(?! (?:tracker|report|list|database|bounty)s?) / defects? / fault / faulty / crash(?:es|ed|ing)?(?! report)
    broken / breaks / fail(?:s|ed|ing)? / failure / error(?!s? (?:handl|messag|page|code|log|track|budget|report))s?
    traceback / stack ?trace / exception(?! handl)s? / wrong(?:ly)? / incorrect(?:ly)?
    (?:doesn't|does not|don't|do not|didn't|isn't|is not|won't) \w+ / not working / no longer \w+ / hangs?
    deadlocks? / leaks?(?: memory)? / leaking / regression / regressed / stopped \w+ing / freezes / 50[0-4]s?
    segfaults? / corrupt(?:s|ed)? / off[- ]by[- ]one / glitch(?:es|y)? / flaky / unexpected(?:ly)? / throws
    (?:can't|cannot) (?:log|open|save|start|load|sign|connect|build)\w* / typos? / misspell\w* / twice
    vanish(?:es|ed)? / stops / stuck / \w+(?:Error|Exception) / times? out / timed out / timing out / overlaps?
    vulnerabilit\w+ / returns (?:duplicates?|nothing|null|none|an empty) / (?:is|are|been|went|goes) red
    too (?:early|late|often) / loses / ignored / ignores / nothing happens
    (?:does|do|shows?|prints?|displays) nothing / unable to / (?:can't|cannot|could not|couldn't) \w+
    (?:is|are|was|were) (?:not|never) \w+ / (?:i|we|users|people|customers) (?:get|see|keep getting)
    (?:an? )?(?:issue|problem)s? (?:with|in|when)
    (?:is|are|stays?|remains?) (?:blank|empty|missing|stale|cut off|gone|lost|stuck) / out of order / grows?
    sometimes / still / but (?:\w+ ){0,3}(?:exits|returns|shows|gets|prints) / wrongly / mangled / garbled
    infinite / denied / leads? to an? (?:\d{3}|error|crash) / since (?:the|our|my) (?:last|latest) \w+ / differs?
    missing (?:on|in|from|after|when) / orphaned / jumpy / laggy
""")
TYPO = _nouns(r"typos? / misspell\w* / spelling")
QUALITY = _nouns(r"""
    performance / readability / maintainability / latency / type (?:hints?|annotations?) / code quality
    structure of / naming / test speed / modularity
""")
STYLE = _nouns(
    "lint(?:er|ing)? (?:warnings?|errors?|issues?) / formatting / code style / naming / indentation / code smells?"
)
WISH = _nouns(r"""
    feature request / support for / would be (?:nice|great|good|useful|helpful) / should be able to / ability to
    option (?:to|for) / (?:we|i|users|customers) (?:need|want) / want an?
    new (?:feature|page|command|endpoint|option|screen) / should (?:also )?\w+ / (?:a|some) way to
""")
REFACTOR_NOUN = _nouns(
    r"refactor(?:ing)? / clean-?up / tech(?:nical)? debt / dead code / restructuring / (?:is|are) a mess / spaghetti"
    r" / (?:hard|difficult) to (?:read|follow|maintain|understand|test)"
)
REVIEW_NOUN = _nouns(r"(?:code|security|peer|design) (?:review|audit) / second pair of eyes / review of / feedback on")
RESEARCH_NOUN = _nouns(r"spike / feasibility / investigation / comparison / root cause / pros and cons / trade-?offs?")
BIG = _nouns(r"""
    architecture / architectural / migrat(?:e|es|ing|ion) / everywhere / throughout / rewrite / redesign / overhaul
    from scratch / across (?:all|the|every|our)
    (?:all|every|each) (?:the |our |of the )?(?:services?|modules?|packages?|endpoints?|handlers?)
    (?:all|every|each) (?:the |our |of the )?(?:call sites?|components?|repositor\w+|tables?|pages?)
    (?:whole|entire) (?:code ?base|application|app|system|project|repository|service|stack) / multi-?tenan\w+
    distributed / concurren\w+ / race conditions? / deadlocks? / zero[- ]downtime / breaking changes?
    backwards?[- ]compatib\w+ / end[- ]to[- ]end / single sign-on / sso / oauth2? / encryption / event[- ]driven
    micro-?services? / sharding / real[- ]?time / plug-?in system / framework
""")
"""Signs that much is touched, or that it is hard to get right."""
SMALL = _nouns(r"""
    typos? / misspell\w* / spelling / rename / bump / wording / whitespace / trailing / one[- ]lin\w+
    capitali[sz]\w+ / label / tooltip / placeholder / colou?rs? / unused imports? / copyright / log message
    error message / button text / default value / code comment / a comment / constant / off[- ]by[- ]one / trivial
    (?:small|tiny|minor|quick|simple|easy) (?:fix|change|tweak|thing|one|edit|update|correction|task|bug)
""")
PARTS = _nouns(r"""
    api / rest / graphql / front-?end / ui / back-?end / server / client / database / schema / cli / command line
    auth\w* / login / ci / pipeline / workers? / queue / mobile / ios / android / cache / billing / payments?
    search / notifications? / e-?mails? / webhooks? / config\w* / deployment / docs? / documentation / tests?
    admin / dashboard / export / import / reports? / permissions? / storage / scheduler / sdk / metrics
""")
"""Areas of a system, as people name them."""
