"""What a built frontend must be before it goes to the bucket (playbook APP-07, APP-08).

Pure but for `folder`, which reads the files. The site's distribution keeps what is under its
immutable paths for a year and asks the bucket about everything else on each visit; these rules
hold a build to that.
"""
