"""The words of the chat, verb by verb: what may follow it, its options, and how it is explained."""

from collections.abc import Mapping

from bot.commands.verbs import Entry, Option, Target, Verb, Words
from core.domain.project import PlanGate
from core.domain.schedule import Missed
from core.domain.task import Priority, TaskState
from core.domain.workflow import Mode

PROJECT = Option(name="project")
WORK_OPTIONS = (
    PROJECT,
    Option(name="workflow"),
    Option(name="model"),
    Option(name="priority", choices=tuple(Priority)),
    Option(name="mode", choices=tuple(Mode)),
    Option(name="include-analyst", takes_value=False),
    Option(name="plan-gate", choices=tuple(PlanGate)),
    Option(name="budget"),
    Option(name="template"),
    Option(name="set"),
)
"""How work is to be done, whenever it begins."""
SUBMIT_OPTIONS = (*WORK_OPTIONS, Option(name="dry-run", takes_value=False))
_REASON = (Option(name="reason"),)
_STATES = tuple(state.value for state in TaskState)
_EVERY = Option(name="all", takes_value=False)
_LIMIT = Option(name="limit")

_BUDGET_OPTIONS = tuple(
    Option(name=name) for name in ("daily", "weekly", "monthly", "person", "role", "model", "owner", "warn-at", "of")
)

PARTS: Mapping[tuple[Verb, str], int] = {
    (Verb.PROJECT, "list"): 0,
    (Verb.PROJECT, "show"): 1,
    (Verb.PROJECT, "use"): 1,
    (Verb.PROJECT, "archive"): 1,
    (Verb.PROJECT, "restore"): 1,
    (Verb.TEMPLATE, "list"): 0,
    (Verb.TEMPLATE, "show"): 1,
    (Verb.TEMPLATE, "run"): 1,
    (Verb.COSTS, "today"): 0,
    (Verb.COSTS, "yesterday"): 0,
    (Verb.COSTS, "this"): 1,
    (Verb.COSTS, "last"): 1,
    (Verb.COSTS, "by"): 1,
    (Verb.COSTS, "since"): 1,
    (Verb.COSTS, "week"): 0,
    (Verb.COSTS, "month"): 0,
    **{(Verb.TASKS, state): 0 for state in _STATES},
}
"""How many words follow the first free word of these verbs; exactly so many, or it was a request."""

COST_VIEWS = ("advice", "calibration", "forecast", "unusual")
"""What else `costs` can show, each by an option of its own."""

ENTRIES: Mapping[Verb, Entry] = {
    Verb.SUBMIT: Entry(
        says="hand work over: say what you want done",
        usage="REQUEST [--project NAME] [--workflow NAME] [--model NAME] [--priority high|normal|low] "
        "[--mode auto|parallel|sequential] [--include-analyst] [--plan-gate always|complex|never] [--budget USD] "
        "[--template NAME --set KEY=VALUE] [--dry-run]",
        examples=(
            "fix issue #123",
            "add a dark mode --project web --priority high",
            "fix issue #123 --dry-run",
            "-- status page shows old data",
        ),
        words=Words.NEEDED,
        options=SUBMIT_OPTIONS,
    ),
    Verb.NEW: Entry(says="open a form for a new task", usage="new", examples=("new",), options=(PROJECT,)),
    Verb.STATUS: Entry(
        says="what is running, and what waits for you",
        usage="status [TASK] [--project NAME]",
        examples=("status", "status T142"),
        target=Target.TASK,
        target_optional=True,
        options=(PROJECT,),
    ),
    Verb.TASKS: Entry(
        says="list tasks, the newest first",
        usage="tasks [STATE] [--project NAME] [--limit N]",
        examples=("tasks", "tasks failed", "tasks --project api --limit 5"),
        words=Words.SOME,
        first_words=_STATES,
        options=(PROJECT, Option(name="state", choices=_STATES), _LIMIT),
    ),
    Verb.TASK: Entry(
        says="one task: steps, questions, cost, result",
        usage="task TASK",
        examples=("task T142",),
        target=Target.TASK,
    ),
    Verb.AGENTS: Entry(
        says="which agents are at work, and which wait for what",
        usage="agents [--all] [--project NAME] [--limit N]",
        examples=("agents", "agents --all --limit 5"),
        options=(PROJECT, _EVERY, _LIMIT),
    ),
    Verb.AGENT: Entry(
        says="everything about one agent",
        usage="agent AGENT [--messages]",
        examples=("agent T142.3", "agent T142.3 --messages"),
        target=Target.RUN,
        options=(Option(name="messages", takes_value=False),),
    ),
    Verb.APPROVE: Entry(
        says="say yes to what is asked, or answer a question",
        usage="approve APPROVAL [WORDS] [--always] [--amount USD]",
        examples=("approve A17", "approve A17 --always", "approve A19 --amount 5", "approve A18 use the second one"),
        target=Target.APPROVAL,
        words=Words.SOME,
        options=(
            Option(name="always", takes_value=False),
            Option(name="answer"),
            Option(name="comment"),
            Option(name="amount"),
        ),
    ),
    Verb.DENY: Entry(
        says="say no, and why; a denied plan or result ends its task",
        usage="deny APPROVAL [REASON]",
        examples=("deny A17", "deny A17 use the other table"),
        target=Target.APPROVAL,
        words=Words.SOME,
        options=_REASON,
    ),
    Verb.REVISE: Entry(
        says="send a plan or a result back, and say what has to change",
        usage="revise APPROVAL WHAT",
        examples=("revise A17 also update the docs",),
        target=Target.APPROVAL,
        words=Words.SOME,
    ),
    Verb.ANSWER: Entry(
        says="answer a question of an agent",
        usage="answer APPROVAL [WORDS] [--choice N]",
        examples=("answer A18 the second one", "answer A18 --choice 2"),
        target=Target.APPROVAL,
        words=Words.SOME,
        options=(Option(name="choice"), Option(name="question")),
    ),
    Verb.STEER: Entry(
        says="tell the agents of a task something while they work",
        usage="steer TASK WORDS [--to AGENT]",
        examples=("steer T142 keep the old name as an alias", "steer T142 skip the docs --to T142.3"),
        target=Target.TASK,
        words=Words.SOME,
        options=(Option(name="to"),),
    ),
    Verb.CANCEL: Entry(
        says="stop a task for good; its branch is kept",
        usage="cancel TASK [REASON]",
        examples=("cancel T142", "cancel T142 wrong branch"),
        target=Target.TASK,
        words=Words.SOME,
        options=_REASON,
    ),
    Verb.PAUSE: Entry(
        says="stop a task's agents where they are",
        usage="pause TASK [REASON]",
        examples=("pause T142",),
        target=Target.TASK,
        words=Words.SOME,
        options=_REASON,
    ),
    Verb.RESUME: Entry(
        says="go on with a paused task", usage="resume TASK", examples=("resume T142",), target=Target.TASK
    ),
    Verb.RETRY: Entry(
        says="try an ended task again, from what failed or from a step",
        usage="retry TASK [--from STEP]",
        examples=("retry T142", "retry T142 --from build"),
        target=Target.TASK,
        options=(Option(name="from"),),
    ),
    Verb.PUBLISH: Entry(
        says="stop here and offer what is there, as a draft",
        usage="publish TASK",
        examples=("publish T142",),
        target=Target.TASK,
    ),
    Verb.ADDRESS: Entry(
        says="more work on a task's pull request: its review, its failed checks, or what you say",
        usage="address TASK [review|checks] [WORDS]",
        examples=("address T142 review", "address T142 checks", "address T142 also handle empty carts"),
        target=Target.TASK,
        words=Words.SOME,
        first_words=("review", "checks"),
    ),
    Verb.REVIEW: Entry(
        says="review a pull request; you see the review before it is posted",
        usage="review PR #NUMBER [--project NAME] [-- WHAT TO LOOK AT]",
        examples=("review PR #45", "review acme/shop#45", "review PR #45 -- look at the locking"),
        target=Target.PULL_REQUEST,
        words=Words.SOME,
        options=(PROJECT,),
    ),
    Verb.REWIND: Entry(
        says="set a task and its branch back to before a step",
        usage="rewind TASK STEP",
        examples=("rewind T142 build",),
        target=Target.TASK,
        words=Words.ONE,
    ),
    Verb.FORK: Entry(
        says="a second task that goes its own way from a step or an agent",
        usage="fork TASK [WORDS] --at STEP|AGENT [--model NAME]",
        examples=("fork T142 use the standard library only --at build", "fork T142 --at T142.3:4"),
        target=Target.TASK,
        words=Words.SOME,
        options=(Option(name="at"), Option(name="model")),
    ),
    Verb.KEEP: Entry(
        says="keep this one of several forks; the others are cancelled",
        usage="keep TASK",
        examples=("keep T143",),
        target=Target.TASK,
    ),
    Verb.COMPARE: Entry(
        says="tasks side by side: cost, time, tests, changes",
        usage="compare TASK TASK …",
        examples=("compare T142 T143",),
        target=Target.TASKS,
    ),
    Verb.PRIORITY: Entry(
        says="whose agents start first when not all can",
        usage="priority TASK high|normal|low",
        examples=("priority T142 high",),
        target=Target.TASK,
        words=Words.ONE,
    ),
    Verb.COSTS: Entry(
        says="what was spent: by agent, role, model, task, person, project or day",
        usage="costs [today|yesterday|this week|last month|since DATE|by WHAT] [--by WHAT] [--from DATE] [--to DATE] "
        "[--project NAME] [--person NAME] [--role NAME] [--model NAME] "
        "[--metric cost|tokens|calls|cached|average|duration] "
        f"[{'|'.join(f'--{name}' for name in COST_VIEWS)}]",
        examples=(
            "costs",
            "costs last month",
            "costs by model --project api",
            "costs --from 2026-01-01 --to 2026-01-31",
            "costs --forecast --project api",
        ),
        words=Words.SOME,
        first_words=("today", "yesterday", "week", "month", "this", "last", "since", "by"),
        options=(
            PROJECT,
            *(Option(name=name) for name in ("by", "metric", "from", "to", "person", "role", "model", "task")),
            *(Option(name=name) for name in ("type", "state", "limit")),
            Option(name="least", takes_value=False),
            Option(name="all-time", takes_value=False),
            *(Option(name=name, takes_value=False) for name in COST_VIEWS),
            Option(name="view", choices=COST_VIEWS),
        ),
    ),
    Verb.ASK: Entry(
        says="a question about money or tasks in plain words; the verb may be left out",
        usage="ask QUESTION",
        examples=("ask how much did we spend this week?", "ask which agent spent the most today?"),
        words=Words.NEEDED,
        options=(Option(name="about"),),
    ),
    Verb.BUDGET: Entry(
        says="what a task, a project, a person, a role or a model may cost, and what is left",
        usage="budget [TASK [USD|none]] [--project NAME] · budget set [--project NAME] [--person NAME] [--role NAME] "
        "[--model NAME] --daily|--weekly|--monthly USD · budget remove [daily|weekly|monthly] [--project NAME] …",
        examples=(
            "budget T142",
            "budget T142 7.50",
            "budget --project api",
            "budget set --project api --monthly 200",
            "budget set --person alice --daily 10 --owner bob",
            "budget remove monthly --project api",
        ),
        target=Target.TASK,
        target_optional=True,
        words=Words.SOME,
        first_words=("set", "raise", "show", "list", "remove", "delete"),
        options=(PROJECT, *_BUDGET_OPTIONS),
    ),
    Verb.ESTIMATE: Entry(
        says="what a request may cost, and how long it may take",
        usage="estimate REQUEST [--project NAME] [--workflow NAME] [--model NAME]",
        examples=("estimate fix issue #123", "estimate add a dark mode --model claude-opus-5-5"),
        words=Words.NEEDED,
        options=(PROJECT, Option(name="workflow"), Option(name="model")),
    ),
    Verb.LOGS: Entry(
        says="what an agent was told, said and did: as a file, or while it is written",
        usage="logs TASK|AGENT [--tail N] [--prompt] [--follow]",
        examples=("logs T142.3", "logs T142 --tail 50", "logs T142.3 --follow"),
        target=Target.TASK_OR_RUN,
        options=(
            Option(name="tail"),
            Option(name="prompt", takes_value=False),
            Option(name="follow", takes_value=False),
        ),
    ),
    Verb.DIFF: Entry(
        says="what a task changed, as a file", usage="diff TASK", examples=("diff T142",), target=Target.TASK
    ),
    Verb.PROJECT: Entry(
        says="the projects you may see, and which one this channel is about",
        usage="project list · project show NAME · project use NAME · project archive NAME · project restore NAME",
        examples=("project list", "project use api"),
        words=Words.SOME,
        first_words=("list", "show", "use", "archive", "restore"),
    ),
    Verb.TEMPLATE: Entry(
        says="requests with gaps to fill, for work that comes up again",
        usage="template list · template show NAME · template run NAME --set KEY=VALUE",
        examples=("template list", "template run fix-issue --set issue=123"),
        words=Words.SOME,
        first_words=("list", "show", "run"),
        options=(*SUBMIT_OPTIONS,),
    ),
    Verb.SCHEDULE: Entry(
        says="work and reports that begin by the clock",
        usage="schedule WHEN REQUEST [--tz ZONE] [--missed run|skip] [options of a request] "
        "· schedule daily|weekly report [WHEN] · schedule [list] · schedule show|run|pause|resume|delete S3",
        examples=(
            "schedule every weekday at 9 fix flaky tests",
            "schedule tomorrow at 18:30 --template upgrade --set package=httpx",
            "schedule weekly report every friday at 16:00",
            'schedule cron "0 6 1 * *" update the dependencies',
            "schedule pause S3",
        ),
        words=Words.SOME,
        options=(*WORK_OPTIONS, Option(name="tz"), Option(name="missed", choices=tuple(Missed))),
    ),
    Verb.NOTIFY: Entry(
        says="what you are told in direct messages, and when not",
        usage="notify · notify direct EVENT … · notify off · notify quiet HH:MM-HH:MM [ZONE] · notify quiet off "
        "· notify default",
        examples=("notify", "notify direct approval finished failed", "notify quiet 22:00-07:00 Europe/Berlin"),
        words=Words.SOME,
        first_words=("direct", "off", "quiet", "default"),
    ),
    Verb.AUDIT: Entry(
        says="who did what, or was refused it; for admins",
        usage="audit [--person NAME] [--task TASK] [--limit N]",
        examples=("audit", "audit --task T142", "audit --person alice --limit 50"),
        options=(Option(name="person"), Option(name="task"), _LIMIT),
    ),
    Verb.WHOAMI: Entry(says="what you may do here", usage="whoami", examples=("whoami",)),
    Verb.HELP: Entry(
        says="all commands, or one of them in detail",
        usage="help [COMMAND]",
        examples=("help", "help retry"),
        words=Words.SOME,
    ),
    Verb.QUIT: Entry(says="leave; work goes on", usage="quit", examples=("quit",)),
}
