"""Whom somebody asks who cannot go on alone, in words that fit whoever reads them: a place's administrator too."""

WHO_HELPS = "本单位管理员（您自己就是管理员的，找上级主管部门；没有上级的，找平台的运维人员）"
