account=%[1]s partition=%[2]s
observed=%[4]s # when the plan was made
id=credentials region=%[3]s
ask '' sts get-caller-identity '{}' Account
[ "$answer" = "\"$account\"" ] || die "these are credentials of account $answer, and the plan is for $account: choose others with AWS_PROFILE"
