import { t } from '../i18n';
import { Title } from '../ui/parts';
export function Design() {
  return <Title text={t('brand')} />;
}
