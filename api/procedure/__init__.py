"""What stands between a survey and a decision: meeting, posting, complaint, upper opinion, deadlines (QĐ 24/2021)."""
