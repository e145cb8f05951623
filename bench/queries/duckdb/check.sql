SELECT count(*)::DOUBLE AS rows, count(DISTINCT user_id)::DOUBLE AS users, (sum(amount) * 100)::DOUBLE AS cents FROM ev
