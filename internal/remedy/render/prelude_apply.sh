
# moved: somebody changed it since the plan was made. Nothing is overwritten that nobody has looked at.
moved() { die "this is neither as it was when the plan was made nor as planned: make the plan again"; }
