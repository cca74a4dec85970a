// For those who use mixins: the same files, as a mixin has them. Nobody else needs it.
{
  prometheusAlerts+:: std.parseYaml(importstr 'prometheus_alerts.yaml'),
  prometheusRules+:: std.parseYaml(importstr 'prometheus_rules.yaml'),
  grafanaDashboards+:: {
    'picotop.json': import '../grafana/picotop.json',
  },
}
