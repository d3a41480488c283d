"""What would come of a request, before anything is begun: steps, models, rules that ask, money, likely trouble."""
