"""Multiple choice as a batch job of Bedrock: half the price, the same records and report.

    gather    every request is prepared as an ordinary run prepares it, and kept back (`outbox`)
    submit    they go to S3 as one file, and a job is created for them (`service`)
    collect   the ordinary run, whose model answers from the job's output

What is under way stands in the run's folder (`jobs`), so the same command goes on from anywhere.
"""
