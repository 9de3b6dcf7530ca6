"""How a network runs: a plan for each set of input shapes, and the loop that carries it out."""

from striate.engine.limits import memory_limit, require_memory
from striate.engine.plan import Plan, Step, make_plan
from striate.engine.run import Progress, Recording, run_plan

__all__ = ["Plan", "Progress", "Recording", "Step", "make_plan", "memory_limit", "require_memory", "run_plan"]
