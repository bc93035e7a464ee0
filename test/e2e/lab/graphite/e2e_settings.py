SECRET_KEY = 'e2e'
ALLOWED_HOSTS = ['127.0.0.1']
TIME_ZONE = 'UTC'
GRAPHITE_ROOT = '/usr/share/graphite-web'
CONF_DIR = '@state@/conf'
STORAGE_DIR = '@state@'
STATIC_ROOT = '/usr/share/graphite-web/static'
LOG_DIR = '@state@/log'
LOG_ROTATION = False
INDEX_FILE = '@state@/index'
WHISPER_DIR = '@state@/whisper'
DATABASES = {'default': {'NAME': '@state@/graphite.db', 'ENGINE': 'django.db.backends.sqlite3'}}
CARBONLINK_HOSTS = ['127.0.0.1:@query@']
# Each answer is what carbon holds now.
DEFAULT_CACHE_DURATION = 0
FIND_CACHE_DURATION = 0
# How long one question may take in graphiteapp/graphite-statsd, in seconds; Graphite's own are 3 and 6.
FIND_TIMEOUT = 30
FETCH_TIMEOUT = 60
